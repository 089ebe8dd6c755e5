import type { AllowedTargets } from './allowed-targets.ts';
import { targetMistake } from './target-rules.ts';

/** Targets that one function instance remembers. */
const mostRemembered = 500;

/** A target as it is posted to: its parts, or what is wrong with it. */
export type JudgedTarget = { mistake: string } | { url: URL; path: string };

/**
 * Judges targets by the rules, each once as long as it is remembered: a text is judged by itself alone, so
 * that the judgement never changes. What a name leads to is no part of it: that is looked at by each
 * connection.
 */
export function judgedTargets(allowed: AllowedTargets): (target: string) => JudgedTarget {
  const judged = new Map<string, JudgedTarget>();
  return (target) => {
    const known = judged.get(target);
    if (known !== undefined) return known;
    const judgement = judge(target, allowed);
    if (judged.size >= mostRemembered) judged.clear();
    judged.set(target, judgement);
    return judgement;
  };
}

function judge(target: string, allowed: AllowedTargets): JudgedTarget {
  const mistake = targetMistake(target, allowed);
  if (mistake !== undefined) return { mistake };
  const url = new URL(target);
  return { url, path: `${url.pathname}${url.search}` };
}
