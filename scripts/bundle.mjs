/** Bundles one TypeScript entry (tfjs needs a bundler, our aliases too) and returns the file's path. Native packages stay outside. */
import { mkdirSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { build } from 'vite'

const root = resolve(import.meta.dirname, '..')

export async function bundle(entry, outDir = join(root, 'out/scripts')) {
  mkdirSync(outDir, { recursive: true })
  const name = basename(entry).replace(/\.ts$/, '')
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    resolve: {
      alias: {
        '@shared': join(root, 'src/shared'),
        '@engine': join(root, 'src/main/engine'),
        '@main': join(root, 'src/main'),
      },
    },
    ssr: { noExternal: [/@tensorflow\//], external: ['koffi', 'onnxruntime-node', 'better-sqlite3', 'webgpu'] },
    build: {
      ssr: entry,
      outDir,
      emptyOutDir: false,
      minify: false,
      sourcemap: 'inline',
      rolldownOptions: { output: { entryFileNames: `${name}.mjs`, chunkFileNames: `${name}-[name].mjs` } },
    },
  })
  return join(outDir, `${name}.mjs`)
}
