import { resolve } from 'node:path'
import { defineConfig } from 'vitest/config'

const COMMAND = 'tests/integration/cli/**/*.test.ts'
const JOURNEYS = 'tests/e2e/**/*.test.ts'

export default defineConfig({
  resolve: {
    alias: {
      '@shared': resolve(import.meta.dirname, 'src/shared'),
      '@engine': resolve(import.meta.dirname, 'src/main/engine'),
      '@main': resolve(import.meta.dirname, 'src/main'),
      '@renderer': resolve(import.meta.dirname, 'src/renderer/src'),
    },
  },
  test: {
    server: { deps: { inline: [/@tensorflow\//] } },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 2,
    projects: [
      { extends: true, test: { name: 'source', include: ['tests/**/*.test.ts'], exclude: [COMMAND, JOURNEYS] } },
      { extends: true, test: { name: 'command', include: [COMMAND], globalSetup: 'tests/support/build-gpo.ts' } },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: [JOURNEYS],
          globalSetup: 'tests/e2e/support/setup.ts',
          // After the others, one at a time: a window, a browser and a training run are enough for a small machine.
          sequence: { groupOrder: 1 },
          maxWorkers: 1,
          testTimeout: 180_000,
          // A window, a browser and a training run share a small machine: a failed test is tried once more, which is reported.
          retry: 1,
          hookTimeout: 120_000,
          // What a page shows can take longer than the one second that is usual.
          expect: { poll: { timeout: 30_000 } },
        },
      },
    ],
  },
})
