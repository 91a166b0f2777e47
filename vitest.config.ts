import { resolve } from 'node:path'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: {
    alias: {
      '@shared': resolve(import.meta.dirname, 'src/shared'),
      '@engine': resolve(import.meta.dirname, 'src/main/engine'),
      '@main': resolve(import.meta.dirname, 'src/main'),
    },
  },
  test: {
    include: ['tests/**/*.test.ts'],
    server: { deps: { inline: [/@tensorflow\//] } },
    testTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 2,
  },
})
