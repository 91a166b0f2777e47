import { resolve } from 'node:path'
import { defineConfig } from 'electron-vite'

const alias = {
  '@shared': resolve(import.meta.dirname, 'src/shared'),
  '@engine': resolve(import.meta.dirname, 'src/main/engine'),
  '@main': resolve(import.meta.dirname, 'src/main'),
}

/** Native packages, and those that read their own files, stay outside the bundle. */
const external = ['onnxruntime-node', 'better-sqlite3', 'webgpu', /^@cortex-js\//, /^@huggingface\//, /^hyparquet/]

export default defineConfig({
  main: {
    resolve: { alias },
    build: {
      externalizeDeps: {
        exclude: [
          '@tensorflow/tfjs-core',
          '@tensorflow/tfjs-backend-cpu',
          '@tensorflow/tfjs-backend-wasm',
          '@tensorflow/tfjs-backend-webgpu',
          'zod',
          'commander',
          'csv-parse',
        ],
      },
      sourcemap: true,
      minify: false,
      rolldownOptions: {
        external,
        input: {
          headless: resolve(import.meta.dirname, 'src/main/headless.ts'),
          worker: resolve(import.meta.dirname, 'src/main/trainer/worker.ts'),
          'job-worker': resolve(import.meta.dirname, 'src/main/trainer/job-worker.ts'),
        },
        output: { format: 'cjs', entryFileNames: '[name].cjs', chunkFileNames: 'chunks/[name]-[hash].cjs' },
      },
    },
  },
})
