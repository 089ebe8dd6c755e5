/** Status of an answer and the fields that it names as wrong. */
export function fieldsOf({ status, body }: { status: number; body: object }): (string | number)[] {
  const { errors = [] } = body as { errors?: { path: string }[] };
  return [status, ...errors.map(({ path }) => path)];
}
