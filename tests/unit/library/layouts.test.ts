import { loadDataset } from '@main/library/datasets/load'
import { suggestVerifier } from '@main/library/datasets/suggest-verifier'
import { describe, expect, it } from 'vitest'
import { failureOf, write, writeLines } from './files'

const user = (content: string) => ({ role: 'user', content })
const assistant = (content: string) => ({ role: 'assistant', content })

describe('layouts with a reference answer', () => {
  it('reads GSM8K: the reference stands after the last ####, the worked solution is the completion', async () => {
    const answer = 'She eats 3 and bakes 4: <<16-3-4=9>>9.\n9 * 2 = 18\n#### 18'
    const set = await loadDataset(writeLines('gsm8k.jsonl', [{ question: 'How many eggs?', answer }]))
    expect(set).toMatchObject({ layout: 'gsm8k', kind: 'verifiable', rows: 1, columns: ['question', 'answer'] })
    expect(set.examples).toEqual([{ row: 0, prompt: 'How many eggs?', reference: '18', completion: answer }])
    expect(suggestVerifier(set.layout, set.examples).kind).toBe('number')
  })

  it('reads worked solutions that end with "A: 18" or "The answer is 18." alike, under any name of an answer', async () => {
    const rows = [
      { question: 'How many eggs?', ground_truth: 'She makes 9 * 2 = $<<9*2=18>>18.\nA: 18' },
      { question: 'How many tons?', ground_truth: 'Half of 8 \\times 3 is 12.\nThe answer is 12.' },
    ]
    const set = await loadDataset(writeLines('solutions.jsonl', rows))
    expect(set.examples.map((example) => example.reference)).toEqual(['18', '12'])
    expect(set.examples[0]?.completion).toBe(rows[0]?.ground_truth)
    expect(suggestVerifier(set.layout, set.examples).kind).toBe('number')
  })

  it('takes the word after the marker for a word', async () => {
    const rows = [{ question: 'Who?', answer: 'Bob gives it away.\n#### Eve' }]
    const set = await loadDataset(writeLines('who.jsonl', rows))
    expect(suggestVerifier(set.layout, set.examples).kind).toBe('exact')
  })

  it('does not take one line for a worked solution', async () => {
    const set = await loadDataset(writeLines('line.jsonl', [{ question: 'Which?', answer: 'A: the first' }]))
    expect(set.examples[0]?.reference).toBe('A: the first')
  })

  it('reads MATH: the reference is the answer, or what the last \\boxed{} holds with its nested braces', async () => {
    const solution = 'First \\boxed{1}, no: $\\boxed{\\frac{1}{2}}$.'
    const rows = [
      { problem: 'Half?', solution, answer: '1/2', level: 'Level 1' },
      { problem: 'Half?', solution },
      { problem: 'Half?', solution: 'no box' },
      { problem: 'Half?', solution: '\\boxed{never closed' },
    ]
    const set = await loadDataset(writeLines('math.jsonl', rows))
    expect(set.layout).toBe('math')
    expect(set.examples.map((example) => example.reference)).toEqual(['1/2', '\\frac{1}{2}'])
    expect(set.examples[0]?.completion).toBe(solution)
    expect(set.badRows.map((bad) => bad.line)).toEqual([3, 4])
    expect(suggestVerifier(set.layout, set.examples).kind).toBe('latex')
  })

  it('reads AIME: problem and a numeric answer', async () => {
    const set = await loadDataset(writeLines('aime.jsonl', [{ problem: 'Find it.', answer: 204 }]))
    expect(set.examples).toEqual([{ row: 0, prompt: 'Find it.', reference: '204' }])
  })

  it('reads BIG-Bench Hard and suggests a choice up to the last letter used', async () => {
    const examples = [
      { input: 'Which?\n(A) x\n(E) y', target: '(E)' },
      { input: 'Which?\n(A) x\n(B) y', target: '(A)' },
    ]
    const path = write('bbh.json', JSON.stringify({ canary: 'text', examples }))
    const set = await loadDataset(path)
    expect(set).toMatchObject({ layout: 'bbh', kind: 'verifiable' })
    expect(set.examples[0]).toEqual({ row: 0, prompt: 'Which?\n(A) x\n(E) y', reference: '(E)' })
    expect(suggestVerifier(set.layout, set.examples)).toEqual({ kind: 'choice', choices: 'ABCDE' })
    expect(suggestVerifier('bbh', [{ row: 0, prompt: '', reference: 'True' }]).kind).toBe('exact')
  })

  it('reads MMLU with index answers and MMLU-Pro with letters', async () => {
    const rows = [
      { question: '2 + 2?', choices: ['3', '4', '5', '6'], answer: 1 },
      { question: '2 + 2?', choices: ['3', '4', '5', '6'], answer: 'C' },
      { question: '2 + 2?', choices: ['3', '4', '5', '6'], answer: 4 },
      { question: '2 + 2?', choices: 'no list', answer: 0 },
    ]
    const set = await loadDataset(writeLines('mmlu.jsonl', rows))
    expect(set.layout).toBe('mmlu')
    expect(set.examples).toEqual([
      { row: 0, prompt: '2 + 2?\nA. 3\nB. 4\nC. 5\nD. 6', reference: 'B' },
      { row: 1, prompt: '2 + 2?\nA. 3\nB. 4\nC. 5\nD. 6', reference: 'C' },
    ])
    expect(set.badRows[0]).toEqual({
      line: 3,
      reason: 'column "answer" is "4", neither a letter A to D nor an index 0 to 3',
    })
    expect(suggestVerifier(set.layout, set.examples)).toEqual({ kind: 'choice', choices: 'ABCD' })
    const pro = [{ question: 'q', options: ['a', 'b', 'c', 'd', 'e'], answer: 'E', answer_index: 4 }]
    expect((await loadDataset(writeLines('pro.jsonl', pro))).examples[0]?.reference).toBe('E')
  })

  it('reads plain prompt or question with an answer and suggests the verifier from the answers', async () => {
    const plain = await loadDataset(writeLines('plain.jsonl', [{ prompt: 'd?', answer: '39' }]))
    expect(plain).toMatchObject({ layout: 'prompt-answer', examples: [{ row: 0, prompt: 'd?', reference: '39' }] })
    expect(suggestVerifier(plain.layout, plain.examples).kind).toBe('number')
    const words = await loadDataset(writeLines('words.jsonl', [{ question: 'who?', answer: 'lamp' }]))
    expect(words).toMatchObject({
      layout: 'question-answer',
      examples: [{ row: 0, prompt: 'who?', reference: 'lamp' }],
    })
    expect(suggestVerifier(words.layout, words.examples).kind).toBe('exact')
    expect(suggestVerifier('prompt-answer', [{ row: 0, prompt: '', reference: '$x^2$' }]).kind).toBe('latex')
  })

  it('keeps a chat prompt as messages next to its text', async () => {
    const messages = [{ role: 'system', content: 'Be brief.' }, user('6 * 7?')]
    const rows = [
      { prompt: [user('6 * 7?')], answer: 42 },
      { prompt: messages, answer: '42' },
    ]
    const set = await loadDataset(writeLines('chat-answer.jsonl', rows))
    expect(set.examples).toEqual([
      { row: 0, prompt: '6 * 7?', messages: [user('6 * 7?')], reference: '42' },
      { row: 1, prompt: 'system: Be brief.\n\nuser: 6 * 7?', messages, reference: '42' },
    ])
  })

  it('reads messages with an answer, with or without the assistant turn', async () => {
    const rows = [
      { messages: [user('q')], answer: '4' },
      { messages: [user('q'), assistant('It is 4')], answer: '4' },
    ]
    const set = await loadDataset(writeLines('messages-answer.jsonl', rows))
    expect(set).toMatchObject({ layout: 'messages', kind: 'verifiable' })
    expect(set.examples.map((example) => example.completion)).toEqual([undefined, 'It is 4'])
  })
})

describe('layouts with completions', () => {
  it('keeps preference rows typed', async () => {
    const set = await loadDataset(writeLines('pairs.jsonl', [{ prompt: 'p', chosen: 'good', rejected: 'bad' }]))
    expect(set).toMatchObject({ layout: 'preference', kind: 'preference' })
    const example = { row: 0, prompt: 'p', reference: '', completion: 'good', chosen: 'good', rejected: 'bad' }
    expect(set.examples).toEqual([example])
  })

  it('takes the prompt of conversational pairs from their shared turns', async () => {
    const rows = [
      { chosen: [user('p'), assistant('good')], rejected: [user('p'), assistant('bad')] },
      { chosen: [user('p'), assistant('good')], rejected: [user('other'), assistant('bad')] },
      { prompt: [user('p')], chosen: [assistant('good')], rejected: [assistant('bad')] },
    ]
    const set = await loadDataset(writeLines('chat-pairs.jsonl', [rows[0], rows[1]]))
    expect(set.examples).toMatchObject([{ prompt: 'p', messages: [user('p')], chosen: 'good', rejected: 'bad' }])
    expect(set.badRows).toEqual([{ line: 2, reason: '"chosen" and "rejected" answer different prompts' }])
    const explicit = await loadDataset(writeLines('chat-pairs-2.jsonl', [rows[2]]))
    expect(explicit.examples).toMatchObject([{ prompt: 'p', chosen: 'good', rejected: 'bad' }])
  })

  it('keeps unpaired rows typed, with labels in the forms sets use', async () => {
    const labels = [true, false, 1, 0, 'True', 'false', 'perhaps', null]
    const rows = labels.map((label) => ({ prompt: 'p', completion: 'c', label }))
    const set = await loadDataset(writeLines('unpaired.jsonl', rows))
    expect(set.kind).toBe('unpaired')
    if (set.kind !== 'unpaired') return
    expect(set.examples.map((example) => example.label)).toEqual([true, false, true, false, true, false])
    expect(set.badRows.map((bad) => bad.line)).toEqual([7, 8])
  })

  it('reads prompt and completion, plain, as chat lists and as messages', async () => {
    const plain = await loadDataset(writeLines('pc.jsonl', [{ prompt: 'p', completion: 'c' }]))
    expect(plain).toMatchObject({ layout: 'prompt-completion', kind: 'completion' })
    expect(plain.examples).toEqual([{ row: 0, prompt: 'p', reference: '', completion: 'c' }])
    const lists = await loadDataset(writeLines('pcl.jsonl', [{ prompt: [user('p')], completion: [assistant('c')] }]))
    expect(lists.examples).toMatchObject([{ prompt: 'p', completion: 'c' }])
    const rows = [{ messages: [user('p'), assistant('c')] }, { messages: [user('p')] }, { messages: 'text' }]
    const chat = await loadDataset(writeLines('messages.jsonl', rows))
    expect(chat).toMatchObject({ layout: 'messages', kind: 'completion' })
    expect(chat.examples).toEqual([{ row: 0, prompt: 'p', messages: [user('p')], reference: '', completion: 'c' }])
    expect(chat.badRows.map((bad) => bad.line)).toEqual([2, 3])
  })

  it('reads messages with a label as unpaired', async () => {
    const set = await loadDataset(writeLines('ml.jsonl', [{ messages: [user('p'), assistant('c')], label: true }]))
    expect(set.examples).toMatchObject([{ prompt: 'p', completion: 'c', label: true }])
  })
})

describe('mapped columns', () => {
  it('maps roles to the columns of the file', async () => {
    const path = writeLines('mapped.jsonl', [{ ask: 'p', gold: 7, chosen: 'x', rejected: 'y' }])
    const set = await loadDataset(path, { columns: { prompt: 'ask', answer: 'gold' } })
    expect(set).toMatchObject({ kind: 'verifiable', examples: [{ row: 0, prompt: 'p', reference: '7' }] })
  })

  it('finds the prompt itself where only the answer is mapped', async () => {
    const path = writeLines('half-mapped.jsonl', [{ input: 'p', gold: 'a' }])
    const set = await loadDataset(path, { columns: { answer: 'gold' } })
    expect(set.examples).toEqual([{ row: 0, prompt: 'p', reference: 'a' }])
  })

  it('names bad values by the columns of the file', async () => {
    const rows = [{ ask: 'p', gold: 7 }, { ask: 'p', gold: ' ' }, { gold: 'a' }, { ask: [1], gold: 'column "prompt"' }]
    const set = await loadDataset(writeLines('bad-mapped.jsonl', rows), { columns: { prompt: 'ask', answer: 'gold' } })
    expect(set.badRows).toEqual([
      { line: 2, reason: 'column "gold" is empty' },
      { line: 3, reason: 'column "ask" is missing' },
      { line: 4, reason: 'column "ask" is a list, not a text' },
    ])
  })

  it('names a role that does not exist, and a column that is in no row', async () => {
    const path = writeLines('roles.jsonl', [{ ask: 'p', gold: 7 }])
    const role = await failureOf(loadDataset(path, { columns: { question: 'ask' } }))
    expect(role.message).toContain('"question" is not a role')
    const absent = await failureOf(loadDataset(path, { columns: { prompt: 'ask', answer: 'golden' } }))
    expect(absent.code).toBe('data')
    expect(absent.message).toContain('column "golden", mapped to answer, is in no row')
    expect(absent.message).toContain('ask, gold')
  })

  it('treats a column called __proto__ as any other', async () => {
    const path = writeLines('proto.jsonl', ['{"__proto__": "polluted?", "constructor": "12"}'])
    const set = await loadDataset(path, { columns: { prompt: '__proto__', answer: 'constructor' } })
    expect(set.examples).toEqual([{ row: 0, prompt: 'polluted?', reference: '12' }])
    const none = writeLines('no-proto.jsonl', [{ question: 'q' }])
    const error = await failureOf(loadDataset(none, { columns: { prompt: 'question', answer: 'toString' } }))
    expect(error.message).toContain('toString')
    expect(Object.hasOwn(Object.prototype, 'polluted?')).toBe(false)
  })
})
