/** Chat templates as llama.cpp's converter writes them into a GGUF file. */
import { tokenizerMetadata } from '@main/export/gguf/tokenizer-metadata'
import { expect, it } from 'vitest'
import { tinyConfig } from '../../support/tiny-model'
import { byteLevelFiles, folderWith } from '../text/tokenizer/fixtures'

function templates(value: unknown, files: Record<string, unknown> = {}) {
  const config = { ...byteLevelFiles['tokenizer_config.json'], chat_template: value }
  const folder = folderWith({ ...byteLevelFiles, 'tokenizer_config.json': config, ...files })
  const all = tokenizerMetadata(folder, { ...tinyConfig, vocabSize: 264 })
  return Object.fromEntries(
    all.filter(([key]) => key.includes('chat_template')).map(([key, { value }]) => [key, value]),
  )
}

it('one is the chat template, wherever it stands', () => {
  const one = { 'tokenizer.chat_template': 'one' }
  expect(templates('one')).toEqual(one)
  expect(templates([{ name: 'default', template: 'one' }])).toEqual(one)
  expect(templates('no', { 'chat_template.jinja': 'one' })).toEqual(one)
  expect(templates(undefined, { 'chat_template.json': { chat_template: 'one' } })).toEqual(one)
})

it('several have their names, and the default its own key', () => {
  const expected = {
    'tokenizer.chat_templates': ['rag', 'tool_use'],
    'tokenizer.chat_template.rag': 'two',
    'tokenizer.chat_template.tool_use': 'three',
    'tokenizer.chat_template': 'one',
  }
  const rest = [
    { name: 'rag', template: 'two' },
    { name: 'tool-use', template: 'three' },
  ]
  expect(templates([...rest, { name: 'default', template: 'one' }])).toEqual(expected)
  const files = { 'additional_chat_templates/rag.jinja': 'two', 'additional_chat_templates/tool_use.jinja': 'three' }
  expect(templates('no', { 'chat_template.jinja': 'one', ...files })).toEqual(expected)
})

it('none, and several without a default, leave the key of the default out', () => {
  expect(templates(undefined)).toEqual({})
  expect(templates([{ name: 'rag', template: 'two' }])).toEqual({
    'tokenizer.chat_templates': ['rag'],
    'tokenizer.chat_template.rag': 'two',
  })
})
