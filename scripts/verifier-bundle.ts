/** The verifiers as one JavaScript file without Node: what an exported folder judges with, inside Python, wherever it runs. */
import { resolve } from 'node:path'
import { build } from 'vite'

const root = resolve(import.meta.dirname, '..')

export const VERIFIER = resolve(root, 'resources/cluster/verifier.js')

/** Python interrupts the call; the limit inside needs Node. */
const withoutNode = {
  name: 'without-node',
  enforce: 'pre' as const,
  load: (id: string) =>
    id.endsWith('src/main/text/time-limit.ts')
      ? 'export const withinTime = (_milliseconds, work) => ({ value: work() })'
      : null,
}

/** @returns the text of the file */
export async function verifierBundle(): Promise<string> {
  const made = await build({
    root,
    configFile: false,
    logLevel: 'error',
    plugins: [withoutNode],
    resolve: { alias: { '@shared': resolve(root, 'src/shared'), '@main': resolve(root, 'src/main') } },
    build: {
      write: false,
      minify: true,
      target: 'es2022',
      lib: {
        entry: resolve(root, 'src/main/text/verifier/standalone.ts'),
        name: 'gpoVerifier',
        formats: ['iife'],
        fileName: 'verifier',
      },
    },
  })
  const [output] = Array.isArray(made) ? made : [made]
  if (!output || !('output' in output)) throw new Error('the bundler has made nothing')
  return output.output[0].code
}
