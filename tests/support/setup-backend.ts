import type { TestProject } from 'vitest/node';
import { sharedBackend } from './backend.ts';

/** Global setup: gives a project's tests the run's backend. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { value, release } = await sharedBackend();
  project.provide('backend', value);
  return release;
}
