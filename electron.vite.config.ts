import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'
import { readLicences, readRuntimes } from './scripts/licences.ts'

const alias = {
  '@shared': resolve(import.meta.dirname, 'src/shared'),
  '@engine': resolve(import.meta.dirname, 'src/main/engine'),
  '@main': resolve(import.meta.dirname, 'src/main'),
}

/** Native packages, and those that read their own files, stay outside the bundle. */
const external = [
  'electron',
  'koffi',
  'onnxruntime-node',
  'better-sqlite3',
  'webgpu',
  /^hyparquet/,
  /^@tensorflow\/tfjs-node/,
]

const pagesRoot = resolve(import.meta.dirname, 'src/renderer')

/** `--outDir` is meant from here; electron-vite takes it from the pages' root. */
const outDirFromHere = {
  name: 'out-dir-from-here',
  config({ build }: { build?: { outDir?: string } }) {
    const way = relative(pagesRoot, build?.outDir ?? '')
    const isInside = build?.outDir !== undefined && !way.startsWith('..')
    return isInside ? { build: { outDir: resolve(import.meta.dirname, way) } } : {}
  },
}

/** tfjs-backend-wasm reads its programs beside it, and is itself bundled: they are put beside the bundle. */
const wasmPrograms = {
  name: 'wasm-programs',
  generateBundle(this: { emitFile(file: { type: 'asset'; fileName: string; source: Uint8Array }): unknown }) {
    const folder = resolve(import.meta.dirname, 'node_modules/@tensorflow/tfjs-backend-wasm/dist')
    for (const name of readdirSync(folder).filter((name) => /^tfjs-backend-wasm.*\.wasm$/.test(name)))
      this.emitFile({ type: 'asset', fileName: `tfjs-wasm/${name}`, source: readFileSync(join(folder, name)) })
  },
}

export default defineConfig({
  main: {
    plugins: [wasmPrograms],
    resolve: { alias },
    build: {
      // Everything is bundled but what is native or reads its own files: Electron's Node may not load modules of the other kind.
      externalizeDeps: false,
      sourcemap: true,
      minify: false,
      rolldownOptions: {
        external,
        input: {
          index: resolve(import.meta.dirname, 'src/main/index.ts'),
          headless: resolve(import.meta.dirname, 'src/main/headless.ts'),
          worker: resolve(import.meta.dirname, 'src/main/trainer/worker.ts'),
          'job-worker': resolve(import.meta.dirname, 'src/main/trainer/job-worker.ts'),
          'bundle-worker': resolve(import.meta.dirname, 'src/main/export/bundle-process/worker.ts'),
          'dataset-worker': resolve(import.meta.dirname, 'src/main/library/dataset-process/worker.ts'),
          'text-worker': resolve(import.meta.dirname, 'src/main/library/text-work/worker.ts'),
          'parquet-worker': resolve(import.meta.dirname, 'src/main/library/datasets/read/parquet-worker.ts'),
        },
        output: { format: 'cjs', entryFileNames: '[name].cjs', chunkFileNames: 'chunks/[name]-[hash].cjs' },
      },
    },
  },
  preload: {
    build: {
      rolldownOptions: {
        input: { index: resolve(import.meta.dirname, 'src/preload/index.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: resolve(import.meta.dirname, 'src/renderer'),
    plugins: [outDirFromHere, react()],
    define: {
      __LICENCES__: JSON.stringify([...readRuntimes(import.meta.dirname), ...readLicences(import.meta.dirname)]),
      __CHANGELOG__: JSON.stringify(readFileSync(resolve(import.meta.dirname, 'CHANGELOG.md'), 'utf8')),
    },
    resolve: { alias: { '@shared': alias['@shared'], '@renderer': resolve(import.meta.dirname, 'src/renderer/src') } },
    build: {
      // Scripts and styles stay separate files, because the policy forbids inline scripts.
      assetsInlineLimit: (file) => (/\.(woff2?|ttf)$/.test(file) ? false : undefined),
      modulePreload: { polyfill: false },
      rolldownOptions: { input: { index: resolve(import.meta.dirname, 'src/renderer/index.html') } },
    },
  },
})
