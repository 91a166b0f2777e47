import { resolve } from 'node:path'
import { defineConfig } from 'vitest/config'

const COMMAND = 'tests/integration/cli/**/*.test.ts'

export default defineConfig({
  resolve: {
    alias: {
      '@shared': resolve(import.meta.dirname, 'src/shared'),
      '@engine': resolve(import.meta.dirname, 'src/main/engine'),
      '@main': resolve(import.meta.dirname, 'src/main'),
    },
  },
  test: {
    server: { deps: { inline: [/@tensorflow\//] } },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 2,
    projects: [
      { extends: true, test: { name: 'source', include: ['tests/**/*.test.ts'], exclude: [COMMAND] } },
      { extends: true, test: { name: 'command', include: [COMMAND], globalSetup: 'tests/support/build-gpo.ts' } },
    ],
  },
})
