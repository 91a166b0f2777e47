/** Columns: those of the prompt are in it, unused ones are reported, any field can be mapped. */
import { loadDataset } from '@main/library/datasets/load'
import { describe, expect, it } from 'vitest'
import { failureOf, write, writeLines } from './files'

const load = async (name: string, rows: readonly unknown[], columns?: Record<string, string>) =>
  loadDataset(writeLines(`columns-${name}.jsonl`, rows), columns ? { columns } : {})
const user = (content: unknown) => ({ role: 'user', content })
const assistant = (content: unknown) => ({ role: 'assistant', content })

describe('what belongs to the prompt', () => {
  it('a passage stands before its question', async () => {
    const set = await load('passage', [{ passage: 'Ann has 3.', question: 'How many?', answer: 'three' }])
    expect(set.examples[0]?.prompt).toBe('Ann has 3.\n\nHow many?')
    expect(set).toMatchObject({ unused: [], roles: { prompt: 'question', context: 'passage', answer: 'answer' } })
  })

  it('Dolly’s context, and OpenOrca’s system text', async () => {
    const dolly = await load('dolly', [
      { instruction: 'Sum up.', context: 'Long text.', response: 'Short.', category: 'summary' },
      { instruction: 'Name a colour.', context: '', response: 'Red.', category: 'qa' },
    ])
    expect(dolly.examples.map(({ prompt }) => prompt)).toEqual(['Long text.\n\nSum up.', 'Name a colour.'])
    expect(dolly.unused).toEqual(['category'])
    const orca = await load('orca', [{ id: 'x', system_prompt: 'Think.', question: '1+1?', response: '2' }])
    expect(orca.examples[0]?.messages).toEqual([{ role: 'system', content: 'Think.' }, user('1+1?')])
  })

  it('LLaMA-Factory’s history, and a system text beside a conversation', async () => {
    const history = [['Hi', 'Hello!']]
    const pairs = await load('history', [
      { instruction: 'And now?', input: '', output: 'Bye.', history, system: 'Be kind.' },
    ])
    expect(pairs.examples[0]?.prompt).toBe('system: Be kind.\n\nuser: Hi\n\nassistant: Hello!\n\nuser: And now?')
    const chat = await load('system-chat', [
      {
        system: 'Be kind.',
        conversations: [
          { from: 'human', value: 'Hi' },
          { from: 'gpt', value: 'Hello' },
        ],
      },
    ])
    expect(chat.examples[0]).toMatchObject({ prompt: 'system: Be kind.\n\nuser: Hi', completion: 'Hello' })
  })

  it('a context that first appears far into the file is used too, and one that the prompt holds is not given twice', async () => {
    const rows: unknown[] = Array.from({ length: 150 }, (_, i) => ({ question: `q${i}`, answer: 'a' }))
    rows.push(
      { question: 'last', answer: 'a', context: 'Seen late.' },
      { question: 'In it: Same. Why?', answer: 'a', context: 'Same.' },
    )
    const set = await load('late', rows)
    expect(set.examples.slice(-2).map(({ prompt }) => prompt)).toEqual(['Seen late.\n\nlast', 'In it: Same. Why?'])
    expect(set.columns).toContain('context')
  })

  it('tools and pictures are refused row by row, and told where the columns were mapped', async () => {
    const rows = [
      { prompt: 'a', answer: '1', tools: [{ name: 'sum' }] },
      { prompt: 'b', answer: '2', tools: '[]' },
    ]
    const set = await load('tools', rows)
    expect(set.badRows).toEqual([{ line: 1, reason: expect.stringMatching(/column "tools" is not empty/) }])
    const mapped = await load('tools-mapped', rows, { prompt: 'prompt', answer: 'answer' })
    expect(mapped.examples).toHaveLength(2)
    expect(mapped.notes.join()).toMatch(/column "tools" is not used, though it may belong to the prompt/)
  })

  it('a context that is not text makes the import ask', async () => {
    const error = await failureOf(
      load('hotpot', [{ question: 'q', answer: 'a', context: { title: ['t'], sentences: [['s']] } }]),
    )
    expect(error.message).toMatch(/column "context" is an object, not a text; .*map its columns/)
  })
})

describe('what is not used', () => {
  it('is listed: columns that appear late, fields beside used ones, keys of turns', async () => {
    const rows: unknown[] = Array.from({ length: 120 }, () => ({
      messages: [user('q'), { ...assistant('a'), weight: 0 }],
    }))
    rows.push({ messages: [user('q'), assistant('a')], late: 1 })
    expect((await load('keys', rows)).unused).toEqual(['messages[].weight', 'late'])
    const nested = [{ prompt: 'p', reward_model: { style: 'rule', ground_truth: '5' }, extra: { index: 0 } }]
    expect((await load('beside', nested)).unused).toEqual(['reward_model.style', 'extra'])
  })

  it('is nothing where every column is read', async () => {
    expect((await load('all', [{ question: 'q', choices: ['a', 'b'], answer: 1 }])).unused).toEqual([])
  })

  it('is reported only by name for a wide dataset', async () => {
    const row = Object.fromEntries([...Array(30).keys()].map((i) => [`c${i}`, i]))
    const set = await load('wide', [{ prompt: 'p', answer: 'a', ...row }])
    expect(set.unused).toHaveLength(30)
  })
})

describe('places that are mapped by path', () => {
  const rows = [
    {
      'a.b': 'dotted',
      data: { question: { text: 'q' }, gold: ['5', '6'] },
      chat: [user('first'), assistant('reply')],
      options: [
        { text: 'x', key: 'A' },
        { text: 'y', key: 'B' },
      ],
    },
  ]

  it.each([
    [
      { prompt: 'data.question.text', answer: 'data.gold[0]' },
      { prompt: 'q', reference: '5' },
    ],
    [
      { prompt: 'chat[0].content', answer: 'chat[-1].content' },
      { prompt: 'first', reference: 'reply' },
    ],
    [
      { prompt: 'a.b', answer: 'data.gold[-1]' },
      { prompt: 'dotted', reference: '6' },
    ],
    [
      { prompt: 'a.b', choices: 'options.text', answer: 'options[1].key' },
      { prompt: 'dotted\nA. x\nB. y', reference: 'B' },
    ],
    [
      { prompt: 'chat', answer: 'data.gold[0]' },
      { prompt: 'first', reference: '5', completion: 'reply' },
    ],
  ])('%j', async (columns, example) => {
    expect((await load('paths', rows, columns as Record<string, string>)).examples[0]).toMatchObject(example)
  })

  it('several columns are choices or context together', async () => {
    const row = { q: 'q?', one: 'x', two: 'y', note: 'n', more: 'm', gold: 'B' }
    const set = await load('several', [row], { prompt: 'q', choices: 'one,two', answer: 'gold', context: 'note,more' })
    expect(set.examples[0]).toMatchObject({ prompt: 'n\n\nm\n\nq?\nA. x\nB. y', reference: 'B' })
    expect(set.unused).toEqual([])
  })

  it('leads into JSON that a CSV file holds as text', async () => {
    const csv = 'prompt,reward_model\nq,"{""ground_truth"": ""5""}"\nr,"{broken"\n'
    const set = await loadDataset(write('json-in.csv', csv), { columns: { answer: 'reward_model.ground_truth' } })
    expect(set.examples).toMatchObject([{ prompt: 'q', reference: '5' }])
    expect(set.badRows).toEqual([{ line: 3, reason: 'column "reward_model.ground_truth" is missing' }])
  })

  it('items of a list that no path reads are reported', async () => {
    const row = {
      instruction: 'Add.',
      instances: [
        { input: '1, 2', output: '3' },
        { input: '2, 2', output: '4' },
      ],
    }
    const columns = { prompt: 'instruction', context: 'instances[0].input', completion: 'instances[0].output' }
    const set = await load('instances', [row], columns)
    expect(set.examples[0]).toMatchObject({ prompt: 'Add.\n\n1, 2', completion: '3' })
    expect(set.notes).toEqual(['column "instances" has up to 2 items, of which [0] is used'])
    expect(
      (await load('last', [{ chat: [user('q')], gold: 'a' }], { prompt: 'chat[-1].content', answer: 'gold' })).notes,
    ).toEqual([])
  })

  it('a path that leads nowhere is refused, with places that do', async () => {
    for (const answer of ['data.gold.text', 'data.__proto__', 'chat[9].content', 'data.gold[0', '']) {
      const error = await failureOf(load('nowhere', rows, { prompt: 'a.b', answer }))
      expect(error.message).toMatch(/mapped to answer, is in no row; its columns are a\.b, data.*data\.question/)
    }
  })
})

describe('choices', () => {
  const options = { prompt: 'q?\nA. x\nB. y\nC. z', reference: 'B' }
  it.each([
    ['ARC', { question: 'q?', choices: { text: ['x', 'y', 'z'], label: ['1', '2', '3'] }, answerKey: '2' }, options],
    [
      'items',
      {
        question: 'q?',
        choices: [
          { label: 'A', text: 'x' },
          { label: 'B', text: 'y' },
          { label: 'C', text: 'z' },
        ],
        answer: 'B',
      },
      options,
    ],
    ['object', { question: 'q?', options: { A: 'x', B: 'y', C: 'z' }, answer: 'y' }, options],
    ['AQuA', { question: 'q?', options: ['A)x', 'B)y', 'C)z'], correct: 'B', rationale: 'r' }, options],
    ['MedMCQA', { question: 'q?', opa: 'x', opb: 'y', opc: 'z', opd: '', cop: 1 }, options],
    ['HellaSwag', { ctx: 'q?', endings: ['x', 'y', 'z'], label: '1' }, options],
  ])('%s', async (name, row, example) => {
    expect((await load(`choices-${name}`, [row])).examples[0]).toMatchObject(example)
  })

  it('numbers of correct ones begin with 1 where they must, which is reported', async () => {
    const rows = ['1', '2'].map((answer) => ({ sentence: 'The _ fell.', option1: 'cup', option2: 'cat', answer }))
    const set = await load('winogrande', rows)
    expect(set.examples.map(({ reference }) => reference)).toEqual(['A', 'B'])
    expect(set.notes).toEqual(['numbers of right choices begin with 1'])
  })

  it('one that is a place and a text is refused, and columns a and b of another set are no choices', async () => {
    const both = await failureOf(load('both', [{ question: 'q', choices: ['1', '0', '2'], answer: '1' }]))
    expect(both.message).toMatch(/"1", which is the number of one choice and the text of another/)
    const plain = await load('plain', [{ prompt: 'p', a: 'x', b: 'y', answer: 'long text' }]).then(
      () => 'read',
      (error: Error) => error.message,
    )
    expect(plain).toMatch(/neither a letter A to B nor an index/)
  })

  it('without an answer they are lines of the prompt all the same', async () => {
    const set = await load('open', [{ question: 'q?', options: ['x', 'y'], response: 'It is y.' }])
    expect(set.examples[0]).toMatchObject({ prompt: 'q?\nA. x\nB. y', completion: 'It is y.' })
  })
})

describe('conversations', () => {
  it('content in parts of text, a list written as JSON in CSV, and other names of speakers', async () => {
    const parts = [
      {
        messages: [
          user([
            { type: 'text', text: 'a' },
            { type: 'text', text: 'b' },
          ]),
          assistant('c'),
        ],
      },
    ]
    expect((await load('parts', parts)).examples[0]).toMatchObject({ prompt: 'ab', completion: 'c' })
    const json = JSON.stringify([user('q'), assistant('a')]).replaceAll('"', '""')
    const csv = await loadDataset(write('chat.csv', `id,messages\n1,"${json}"\n`))
    expect(csv.examples[0]).toMatchObject({ prompt: 'q', completion: 'a' })
    const vicuna = [
      {
        conversation: [
          { from: 'user', value: 'q' },
          { from: 'chatgpt', value: 'a' },
        ],
      },
    ]
    expect((await load('vicuna', vicuna)).examples[0]).toMatchObject({ prompt: 'q', completion: 'a' })
  })

  it.each([
    ['tool calls', [user('q'), { ...assistant(null), tool_calls: [{ id: '1' }] }], /tool calls/],
    ['content that is null', [user('q'), assistant(null)], /content" is empty/],
    ['a picture', [user([{ type: 'image_url', image_url: 'x' }]), assistant('a')], /a part of the type "image_url"/],
    [
      'an unknown speaker',
      [
        { from: 'observation', value: 'x' },
        { from: 'gpt', value: 'y' },
      ],
      /a turn from "observation"/,
    ],
    ['a question at the end', [user('q')], /does not end with an assistant turn/],
    ['an answer without a question', [assistant('a')], /no prompt comes before the last turn/],
  ])('%s: the row is refused, the others are read', async (name, messages, reason) => {
    const set = await load(`refused-${name}`, [{ messages }, { messages: [user('q'), assistant('a')] }])
    expect(set.examples).toHaveLength(1)
    expect(set.badRows).toEqual([{ line: 1, reason: expect.stringMatching(reason) }])
  })

  it('a prompt that ends with its answer is refused rather than shown to the model', async () => {
    const rows = [
      { prompt: [user('q'), assistant('a')], completion: 'b' },
      { prompt: 'p', completion: 'c' },
    ]
    expect((await load('leak', rows)).badRows[0]?.reason).toMatch(/ends with an assistant turn/)
  })
})

describe('pairs', () => {
  it('LLaMA-Factory’s conversation with one chosen and one rejected turn', async () => {
    const row = {
      conversations: [{ from: 'human', value: 'q' }],
      chosen: { from: 'gpt', value: 'a' },
      rejected: { from: 'gpt', value: 'b' },
    }
    expect((await load('lf', [row])).examples[0]).toMatchObject({ prompt: 'q', chosen: 'a', rejected: 'b' })
  })

  it('UltraFeedback: a text prompt beside whole conversations, other columns told', async () => {
    const row = {
      prompt: 'q',
      chosen: [user('q'), assistant('a')],
      rejected: [user('q'), assistant('b')],
      score_chosen: 8,
    }
    const set = await load('ultra', [row])
    expect(set.examples[0]).toMatchObject({ prompt: 'q', chosen: 'a', rejected: 'b' })
    expect(set.unused).toEqual(['score_chosen'])
  })

  it('a transcript with a text before it, and one whose two sides differ earlier', async () => {
    const of = (first: string, last: string) =>
      `\n\nHuman: ${first}\n\nAssistant: One.\n\nHuman: And?\n\nAssistant: ${last}`
    const set = await load('hh', [
      { chosen: of('Hi', 'yes'), rejected: of('Hi', 'no') },
      { chosen: of('Hi', 'yes'), rejected: of('Ho', 'no') },
    ])
    expect(set.examples[0]).toMatchObject({ prompt: 'user: Hi\n\nassistant: One.\n\nuser: And?', chosen: 'yes' })
    expect(set.badRows).toEqual([{ line: 2, reason: '"chosen" and "rejected" answer different prompts' }])
  })

  it('a prompt that is not in its conversation is refused', async () => {
    const chats = { chosen: [user('other'), assistant('a')], rejected: [user('other'), assistant('b')] }
    const error = await failureOf(load('stray', [{ prompt: 'q', ...chats }]))
    expect(error.message).toMatch(/"prompt" is not among the turns/)
  })
})

describe('names in other cases, as real sets write them', () => {
  it('SVAMP: Body, Question and Answer', async () => {
    const row = { ID: 'chal-1', Body: 'Ann has 3 cups.', Question: 'How many?', Answer: 3.0, Equation: '3' }
    const set = await load('svamp', [row])
    expect(set.examples[0]).toMatchObject({ prompt: 'Ann has 3 cups.\n\nHow many?', reference: '3' })
    expect(set.unused).toEqual(['ID', 'Equation'])
  })

  it('parts of text under “value”', async () => {
    const part = (value: string) => [{ type: 'text', value }]
    const row = {
      chosen_messages: [
        { role: 'user', content: part('q') },
        { role: 'assistant', content: part('a'), loss_weight: 1 },
      ],
      rejected_messages: [
        { role: 'user', content: part('q') },
        { role: 'assistant', content: part('b') },
      ],
    }
    const set = await load('v1', [row])
    expect(set.examples[0]).toMatchObject({ prompt: 'q', chosen: 'a', rejected: 'b' })
    expect(set.unused).toEqual(['chosen_messages[].loss_weight'])
  })
})
