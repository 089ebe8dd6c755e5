import { stackUnderTest } from './api.ts';
import { unexercised } from './exercised.ts';
import { openApiCheck } from './openapi-check.ts';
import { stopSharedStack } from './stack-setup.ts';

interface RunConfig {
  testNamePattern?: string;
  testPathPatterns: { patterns: string[] };
}

interface ProjectConfig {
  displayName?: { name: string };
}

/** Ends the stack. After a whole end-to-end run it first makes sure that no operation was left out. */
export default async function endSharedStack(
  { testNamePattern, testPathPatterns }: RunConfig,
  { displayName }: ProjectConfig,
): Promise<void> {
  const whole = testNamePattern === undefined && testPathPatterns.patterns.length === 0;
  try {
    if (whole && displayName?.name === 'e2e') await requireEveryOperation();
  } finally {
    await stopSharedStack();
  }
}

async function requireEveryOperation(): Promise<void> {
  const { apiUrl } = await stackUnderTest();
  const document: unknown = await (await fetch(`${apiUrl}/v1/openapi.json`)).json();
  const missing = unexercised(openApiCheck(document).operations);
  if (missing.length > 0) {
    throw new Error(`No end-to-end test has seen these answers: ${missing.join(', ')}`);
  }
}
