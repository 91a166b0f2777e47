/**
 * llama.cpp as a peer of decoding: our model exported as GGUF, in a process of its own. Needs BENCH_LLAMA, a folder with @fugood/llama.node in its
 * node_modules, and the GGUF file of SmolLM2 that `scripts/fetch-real-model.mjs smollm2` brings, whose tokenizer is written into the export.
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { exportGguf } from '@main/export/gguf/export'
import { resourcesFolder } from '@main/paths'
import type { BenchModel } from '../models'
import type { DecodeSize } from './work'

export type GgufType = 'F16' | 'Q8_0'

export interface Llama {
  /** Seconds for each token of each sequence, in a round. */
  decode(): Promise<number>
  close(): void
}

const SOURCE = join(
  process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'),
  'gpo-studio/real-models/SmolLM2-135M-Instruct.Q4_1.gguf',
)
const folder = process.env['BENCH_LLAMA'] ?? ''

/** Why there is no such peer here; null where there is one. */
export function llamaIsMissing({ name }: BenchModel): string | null {
  if (!name.startsWith('smollm2-135m')) return 'only for smollm2-135m, whose tokenizer there is'
  if (!existsSync(join(folder, 'node_modules/@fugood/llama.node'))) return 'BENCH_LLAMA names no folder with it'
  return existsSync(SOURCE) ? null : 'node scripts/fetch-real-model.mjs smollm2 was not run'
}

export async function startLlama(model: BenchModel, type: GgufType, { lanes, steps }: DecodeSize): Promise<Llama> {
  const home = mkdtempSync(join(tmpdir(), 'gpo-bench-llama-'))
  const out = join(home, 'model.gguf')
  const tensors = [...model.weights].map(([name, { shape, data }]) => ({ name, shape, data }))
  exportGguf({ sourceFolder: SOURCE, name: 'bench', tensors, out, type })
  const script = join(resourcesFolder(), '../bench/decode/llama-peer.mjs')
  const child = spawn('node', [script, folder, out, String(lanes), String(steps)], {
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  // Its log goes to standard output too; answers begin with a control character.
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    async decode() {
      child.stdin.write('\n')
      for (;;) {
        const { value, done } = await lines.next()
        if (done) throw new Error('llama.cpp ended early')
        const at = value.indexOf('\u0001')
        if (at < 0) continue
        const { seconds, tokens } = JSON.parse(value.slice(at + 1)) as { seconds: number; tokens: number }
        return seconds / tokens
      }
    },
    close() {
      child.kill()
      rmSync(home, { recursive: true, force: true })
    },
  }
}
