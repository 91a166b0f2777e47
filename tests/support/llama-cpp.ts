/** llama.cpp's tokenizer, through node-llama-cpp where that is installed (GPO_ORACLES names a folder that has it in its node_modules). */
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

export const ORACLES = process.env['GPO_ORACLES'] ?? resolve(import.meta.dirname, '../..')
export const isLlamaCppInstalled = existsSync(join(ORACLES, 'node_modules/node-llama-cpp/package.json'))

export interface LlamaVocabulary {
  /** With control tokens found in the text, and none added around it. */
  tokenize(text: string, withControlTokens: true): readonly number[]
  dispose(): Promise<void>
}

/** @returns a function that opens a GGUF file, which needs no tensors */
export async function llamaVocabularies(): Promise<(path: string) => Promise<LlamaVocabulary>> {
  const entry = createRequire(join(ORACLES, 'package.json')).resolve('node-llama-cpp')
  const { getLlama } = (await import(pathToFileURL(entry).href)) as {
    getLlama(options: object): Promise<{ loadModel(options: object): Promise<LlamaVocabulary> }>
  }
  const llama = await getLlama({ gpu: false, build: 'never', logLevel: 'disabled', progressLogs: false })
  return (modelPath) => llama.loadModel({ modelPath, vocabOnly: true })
}
