/** The text of a prompt in the records, from which exported data is made. */
import { encodePrompt, promptText } from '@main/text/tokenizer/prompt'
import { loadTokenizer } from '@main/text/tokenizer/tokenizer'
import { expect, it } from 'vitest'
import { byteLevelFiles, folderWith, wordLevelFiles } from './fixtures'

const plain = { template: '{prompt}', chatTemplate: false }
const chat = { template: '{prompt}', chatTemplate: true }
const row = (prompt: string) => ({ row: 0, prompt })

const withTemplate = (files: typeof byteLevelFiles | typeof wordLevelFiles, template: string) =>
  loadTokenizer(
    folderWith({ ...files, 'tokenizer_config.json': { ...files['tokenizer_config.json'], chat_template: template } }),
  )
const TEMPLATE =
  '{{ bos_token }}{% for m in messages %}[{{ m.role }}]{{ m.content }}{{ eos_token }}{% endfor %}[assistant]'

it.each([
  ['bytes', byteLevelFiles, chat],
  ['bytes', byteLevelFiles, plain],
  ['words', wordLevelFiles, chat],
  ['words', wordLevelFiles, plain],
] as const)('%s: a prompt is the same tokens again when its text is one by itself', (_, files, format) => {
  const tokenizer = withTemplate(files, TEMPLATE)
  const ids = encodePrompt(format, tokenizer, row('hello world'))
  const text = promptText(tokenizer, ids)
  expect([...encodePrompt(plain, tokenizer, row(text))]).toEqual([...ids])
})

it('has the special tokens of a chat, and no start token that is added anyway', () => {
  const tokenizer = withTemplate(byteLevelFiles, TEMPLATE)
  const text = promptText(tokenizer, encodePrompt(chat, tokenizer, row('hello')))
  expect(text).toContain('[user]hello<eos>[assistant]')
  const added = tokenizer.encode('')[0] === tokenizer.bosTokenId
  expect(text.startsWith('<bos>')).toBe(!added)
})
