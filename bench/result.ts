/** One measurement, as `results.json` holds it. */
export interface Result {
  /** What was measured, `<area>: <what>`. */
  name: string;
  value: number;
  unit: string;
  /** In the same unit; null: measured for information. */
  goal: number | null;
  /** What the same run measured without the application's code. */
  peer?: number;
  /** `value / peer`. Where there is a peer, the goal is the ratio's. */
  ratio?: number;
  /** Whether the goal was met; without a goal there is nothing to miss. */
  pass: boolean;
}

/** Which side of the goal is good. */
export type Goal = { atMost: number } | { atLeast: number } | { exactly: number };

/** A measurement and its goal; for people, values are rounded to what the measuring can tell. */
export function result(name: string, value: number, unit: string, goal?: Goal): Result {
  const rounded = roundTo3Digits(value);
  if (goal === undefined) return { name, value: rounded, unit, goal: null, pass: true };
  return { name, value: rounded, unit, goal: numberOf(goal), pass: meets(value, goal) };
}

/** A measurement against a peer of the same run; a goal is for the ratio. */
export function comparison(
  name: string,
  { value, peer, unit }: { value: number; peer: number; unit: string },
  goal?: Goal,
): Result {
  const ratio = value / peer;
  return {
    name,
    value: roundTo3Digits(value),
    unit,
    goal: goal === undefined ? null : numberOf(goal),
    peer: roundTo3Digits(peer),
    ratio: roundTo3Digits(ratio),
    pass: goal === undefined || meets(ratio, goal),
  };
}

function meets(value: number, goal: Goal): boolean {
  if ('atMost' in goal) return value <= goal.atMost;
  return 'atLeast' in goal ? value >= goal.atLeast : value === goal.exactly;
}

function numberOf(goal: Goal): number {
  if ('atMost' in goal) return goal.atMost;
  return 'atLeast' in goal ? goal.atLeast : goal.exactly;
}

/** Three significant digits; whole numbers stay whole. */
function roundTo3Digits(value: number): number {
  return Number.isInteger(value) || Math.abs(value) >= 100
    ? Math.round(value)
    : Number(value.toPrecision(3));
}
