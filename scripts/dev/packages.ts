/**
 * TensorFlow.js is the larger half of what trainers are built of, and no edit changes it: it is bundled once, apart from our own code, which is then
 * built in half the time. Everything in here shares one tfjs, as in the built program.
 */
import { join } from 'node:path'
import { build, type InlineConfig, type Plugin } from 'vite'

const APART = [
  '@tensorflow/tfjs-core',
  '@tensorflow/tfjs-core/dist/register_all_gradients',
  '@tensorflow/tfjs-backend-cpu',
  '@tensorflow/tfjs-backend-wasm',
  '@tensorflow/tfjs-backend-webgpu',
]

const nameOf = (id: string) => id.replaceAll(/[@/]/g, '_')

/** @param config of main, as electron-vite has completed it */
export async function bundlePackages(config: InlineConfig, outDir: string): Promise<void> {
  const { rolldownOptions } = config.build ?? {}
  await build({
    ...config,
    logLevel: 'warn',
    build: {
      ...config.build,
      outDir,
      emptyOutDir: true,
      rolldownOptions: { ...rolldownOptions, input: Object.fromEntries(APART.map((id) => [nameOf(id), id])) },
    },
  })
}

/** Our code loads them from there. */
export const packagesApart = (outDir: string): Plugin => ({
  name: 'packages-apart',
  enforce: 'pre',
  resolveId(id) {
    if (!/^@tensorflow\/(?!tfjs-node)/.test(id)) return null
    if (!APART.includes(id)) throw new Error(`${id} is not bundled for development: add it in scripts/dev/packages.ts`)
    return { id: join(outDir, `${nameOf(id)}.cjs`), external: true }
  },
})
