import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exportModel } from '@main/export/safetensors'
import { chatTemplatesIn } from '@main/formats/chat-templates'
import { openSafetensors } from '@main/formats/safetensors'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { writeTinyModel } from '../../support/model-folder'

/** The files of an export; other tests check their contents. */

let root = ''
let out = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'gpo-export-'))
  out = join(root, 'out')
  writeTinyModel(join(root, 'source'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

/** Tensors of 4, 8, 12 and 4 bytes. */
const tensors = [1, 2, 3, 1].map((size, i) => ({
  name: `t${i}`,
  shape: [size],
  data: new Float32Array(size).fill(i + 1),
}))
const run = (shardBytes?: number) =>
  exportModel({ sourceFolder: join(root, 'source'), tensors, out, dtype: 'F32', shardBytes })

/** File → its tensors. */
const contents = (): Record<string, string[]> => {
  const files = readdirSync(out).filter((name) => name.endsWith('.safetensors'))
  return Object.fromEntries(
    files.map((name) => {
      const file = openSafetensors(join(out, name))
      file.close()
      return [name, [...file.names]]
    }),
  )
}

it.each([undefined, 28])('a model within the limit (%s bytes) is one file without an index', (shardBytes) => {
  run(shardBytes)
  expect(contents()).toEqual({ 'model.safetensors': ['t0', 't1', 't2', 't3'] })
  expect(existsSync(join(out, 'model.safetensors.index.json'))).toBe(false)
})

it('a larger one is split before the tensor that goes beyond the limit, and the index says where each is', () => {
  run(12)
  expect(contents()).toEqual({
    'model-00001-of-00003.safetensors': ['t0', 't1'],
    'model-00002-of-00003.safetensors': ['t2'],
    'model-00003-of-00003.safetensors': ['t3'],
  })
  expect(JSON.parse(readFileSync(join(out, 'model.safetensors.index.json'), 'utf8'))).toEqual({
    metadata: { total_size: 28 },
    weight_map: {
      t0: 'model-00001-of-00003.safetensors',
      t1: 'model-00001-of-00003.safetensors',
      t2: 'model-00002-of-00003.safetensors',
      t3: 'model-00003-of-00003.safetensors',
    },
  })
})

it('a tensor larger than the limit gets its own file', () => {
  run(1)
  expect(Object.values(contents())).toEqual([['t0'], ['t1'], ['t2'], ['t3']])
})

it('files of the tokenizer are copied, others are not', () => {
  writeFileSync(join(root, 'source/notes.txt'), 'private')
  writeFileSync(join(root, 'source/chat_template.jinja'), '{{ messages }}')
  run()
  expect(existsSync(join(out, 'notes.txt'))).toBe(false)
  expect(readFileSync(join(out, 'chat_template.jinja'), 'utf8')).toBe('{{ messages }}')
})

it('every chat template is copied, in a folder and in the older file too', () => {
  mkdirSync(join(root, 'source/additional_chat_templates'))
  writeFileSync(join(root, 'source/additional_chat_templates/rag.jinja'), 'rag')
  writeFileSync(join(root, 'source/additional_chat_templates/notes.txt'), 'private')
  writeFileSync(join(root, 'source/chat_template.json'), '{"chat_template":"old"}')
  run()
  expect(readdirSync(join(out, 'additional_chat_templates'))).toEqual(['rag.jinja'])
  expect(chatTemplatesIn(out)).toEqual(new Map([['rag', 'rag']]))
  expect(readFileSync(join(out, 'chat_template.json'), 'utf8')).toBe('{"chat_template":"old"}')
})
