import { jest } from '@jest/globals';

/** Above the deadline of `eventually`, so that a test fails by what it waits for. */
jest.setTimeout(60_000);
