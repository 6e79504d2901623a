import type { TestProject } from 'vitest/node';
import { asPlainData, ownBackend } from './backend.ts';

/**
 * Global setup: gives a project's tests a backend that the other projects have no part in. Among the hundreds of agents
 * and conversations that those leave behind, every page of the desk takes several times as long.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const backend = await ownBackend(project.name);
  project.provide('backend', asPlainData(backend));
  return () => backend.stop();
}
