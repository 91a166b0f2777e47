import { loadTokenizer } from '@main/text/tokenizer/tokenizer'
import { GpoError } from '@shared/errors'
import { describe, expect, it } from 'vitest'
import { byteLevelFiles, folderWith } from './fixtures'

const TEMPLATE =
  "{{ bos_token }}{% for m in messages %}{% if m.role == 'tool' %}{{ raise_exception('no tools here') }}{% endif %}" +
  '[{{ m.role }}]{{ m.content }}{{ eos_token }}{% endfor %}{% if add_generation_prompt %}[assistant]{% endif %}'

const conversation = [
  { role: 'user', content: 'hello' },
  { role: 'assistant', content: 'hell' },
]

const withTemplate = (template: unknown, files: Record<string, unknown> = {}) =>
  loadTokenizer(
    folderWith({
      ...byteLevelFiles,
      'tokenizer_config.json': { ...byteLevelFiles['tokenizer_config.json'], chat_template: template },
      ...files,
    }),
  )

function failure(act: () => unknown): GpoError {
  try {
    act()
  } catch (error) {
    if (error instanceof GpoError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('a chat template', () => {
  it('renders a conversation with the special tokens of the model', () => {
    const tokenizer = withTemplate(TEMPLATE)
    expect(tokenizer.hasChatTemplate).toBe(true)
    expect(tokenizer.renderChat(conversation, { addGenerationPrompt: false })).toBe(
      '<bos>[user]hello<eos>[assistant]hell<eos>',
    )
  })

  it('ends with the beginning of an answer when asked to', () => {
    const text = withTemplate(TEMPLATE).renderChat(conversation.slice(0, 1), { addGenerationPrompt: true })
    expect(text).toBe('<bos>[user]hello<eos>[assistant]')
  })

  it('gets no tools and documents', () => {
    const template = '{% if tools is none and documents is none %}none{% endif %}'
    expect(withTemplate(template).renderChat(conversation, { addGenerationPrompt: false })).toBe('none')
  })

  it('counts as Jinja does', () => {
    const template = '{{ range(3) | list }}{{ range(1, 6, 2) | list }}{{ range(3, 0, -2) | list }}{{ range(0) | list }}'
    expect(withTemplate(template).renderChat(conversation, { addGenerationPrompt: false })).toBe(
      '[0, 1, 2][1, 3, 5][3, 1][]',
    )
  })

  it.each([
    [
      'counts to a billion',
      '{% for i in range(10**9) %}{% endfor %}',
      /range from 0 to 1000000000 in steps of 1 has over 100000/,
    ],
    ['counts without an end', '{% for i in range(0, 5, 0) %}{% endfor %}', /in steps of 0 has over/],
    [
      'has loops in loops',
      '{% for a in range(99999) %}{% for b in range(99999) %}{% for c in range(99999) %}{% endfor %}{% endfor %}{% endfor %}',
      /took over 2000 ms; use the model's published template/,
    ],
    [
      'grows',
      "{% set n = namespace(s='x') %}{% for i in range(99) %}{% set n.s = n.s ~ n.s %}{% endfor %}{{ n.s }}",
      /Invalid string length/,
    ],
    [
      'is long',
      "{% set n = namespace(s='x') %}{% for i in range(25) %}{% set n.s = n.s ~ n.s %}{% endfor %}{{ n.s }}",
      /makes a text of 33554432 characters of it, at most 10000000 are used/,
    ],
  ])('that %s is interrupted', (_, template, message) => {
    const tokenizer = withTemplate(template)
    const begin = performance.now()
    const error = failure(() => tokenizer.renderChat(conversation, { addGenerationPrompt: false }))
    expect(error.message).toMatch(message)
    expect(error.message).toMatch(/^the chat template of .* rejects a conversation of user, assistant: /)
    expect(performance.now() - begin).toBeLessThan(10_000)
  })

  it('in a separate file takes precedence over the configuration', () => {
    const tokenizer = withTemplate(TEMPLATE, { 'chat_template.jinja': '{{ messages[0].content }}!' })
    expect(tokenizer.renderChat(conversation, { addGenerationPrompt: true })).toBe('hello!')
  })

  it('among several is the default one', () => {
    const several = [
      { name: 'rag', template: 'no' },
      { name: 'default', template: 'yes' },
    ]
    expect(withTemplate(several).renderChat(conversation, { addGenerationPrompt: true })).toBe('yes')
    expect(withTemplate([null, { name: 'rag', template: 'no' }]).hasChatTemplate).toBe(false)
  })

  const ask = (tokenizer: ReturnType<typeof withTemplate>, template?: string) =>
    tokenizer.renderChat(conversation, { addGenerationPrompt: true, template })

  it.each<readonly [string, unknown, Record<string, unknown>, Record<string, string>]>([
    ['a text', 'one', {}, { default: 'one' }],
    [
      'a list',
      [
        { name: 'default', template: 'one' },
        { name: 'tool_use', template: 'two' },
      ],
      {},
      { default: 'one', tool_use: 'two' },
    ],
    ['a table', { default: 'one', rag: 'two' }, {}, { default: 'one', rag: 'two' }],
    ['chat_template.json', undefined, { 'chat_template.json': { chat_template: 'old' } }, { default: 'old' }],
    [
      'chat_template.json behind the configuration',
      'one',
      { 'chat_template.json': { chat_template: 'old' } },
      { default: 'one' },
    ],
    [
      'chat_template.json behind a file',
      undefined,
      { 'chat_template.json': { chat_template: 'old' }, 'chat_template.jinja': 'new' },
      { default: 'new' },
    ],
    [
      'a folder',
      'one',
      {
        'chat_template.jinja': 'new',
        'additional_chat_templates/tool_use.jinja': 'tools',
        'additional_chat_templates/notes.txt': '',
      },
      { default: 'new', tool_use: 'tools' },
    ],
    ['a folder alone', 'one', { 'additional_chat_templates/rag.jinja': 'rag' }, { rag: 'rag' }],
  ])('in %s is read, and each can be chosen by its name', (_, value, files, expected) => {
    const tokenizer = withTemplate(value, files)
    expect(tokenizer.chatTemplates.toSorted()).toEqual(Object.keys(expected).toSorted())
    expect(tokenizer.hasChatTemplate).toBe('default' in expected)
    for (const [name, text] of Object.entries(expected)) expect(ask(tokenizer, name)).toBe(text)
  })

  it('that is not there under a name is refused with the names there are', () => {
    const several = withTemplate([
      { name: 'rag', template: 'r' },
      { name: 'tool_use', template: '{% broken' },
    ])
    for (const name of ['default', undefined, 'constructor'])
      expect(failure(() => ask(several, name))).toMatchObject({
        code: 'model',
        message: expect.stringMatching(/one of rag, tool_use/),
      })
    expect(failure(() => ask(several, 'tool_use')).message).toMatch(/not valid Jinja/)
    expect(ask(several, 'rag')).toBe('r')
  })

  it('that rejects a conversation says why', () => {
    const tokenizer = withTemplate(TEMPLATE)
    const messages = [...conversation, { role: 'tool', content: '{}' }]
    expect(failure(() => tokenizer.renderChat(messages, { addGenerationPrompt: true }))).toMatchObject({
      code: 'data',
      message: expect.stringMatching(/rejects a conversation of user, assistant, tool: no tools here/),
    })
  })

  it('that is not Jinja is refused when the tokenizer is loaded', () => {
    expect(failure(() => withTemplate('{% for %}'))).toMatchObject({
      code: 'model',
      message: expect.stringMatching(/the chat template of .* is not valid Jinja/),
    })
  })

  it('that is missing is reported with the cure', () => {
    const tokenizer = loadTokenizer(folderWith(byteLevelFiles))
    expect(tokenizer.hasChatTemplate).toBe(false)
    expect(failure(() => tokenizer.renderChat(conversation, { addGenerationPrompt: true }))).toMatchObject({
      code: 'model',
      message: expect.stringMatching(/has no chat template: switch data\.chatTemplate off/),
    })
  })
})
