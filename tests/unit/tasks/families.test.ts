import { createContext, runInContext } from 'node:vm'
import { createVerifier } from '@main/text/verifier'
import { describe, expect, it } from 'vitest'
import { solve } from '../../../scripts/tasks/corpus'
import { createRng } from '../../../scripts/tasks/rng'
import { readTasks } from './resources'

const context = createContext({})
const runAsJavaScript = (code: string) => String(runInContext(code, context))
const asJavaScript = (expression: string) =>
  expression.replaceAll('not ', '!').replaceAll(' and ', '&&').replaceAll(' or ', '||')
const stepLines = (completion: string) => completion.trimEnd().split('\n').slice(0, -1)
const alwaysWrong = (seed: string) => ({ probability: 1, rng: createRng(seed) })

describe.each(['chain-arithmetic', 'long-chains'] as const)('%s', (family) => {
  it('solves an example a person can check', () => {
    expect(solve({ family, prompt: 'a=7;b=a+5;c=b*3;d=c-a;d?\n' })).toEqual({
      completion: 'b=7+5=12\nc=12*3=36\nd=36-7=29\n#### 29\n',
      answer: '29',
    })
  })

  it('answers what the prompt gives when run as a JavaScript program', () => {
    for (const { prompt, answer } of readTasks(family)) expect(runAsJavaScript(prompt.replace('?', ''))).toBe(answer)
  })

  it('writes only equations that hold', () => {
    for (const task of readTasks(family)) {
      for (const line of stepLines(solve(task).completion)) {
        const [, calculation = '', result] = line.split('=')
        expect(runAsJavaScript(calculation)).toBe(result)
      }
    }
  })

  it('goes on from the wrong value after a slip', () => {
    for (const task of readTasks(family).slice(0, 200)) {
      const { completion, answer } = solve(task, alwaysWrong(task.id))
      const equations = stepLines(completion).map((line) => line.split('='))
      for (const [, calculation = '', result] of equations) {
        // A value below 0, taken away: two signs that JavaScript would read as one.
        expect(runAsJavaScript(calculation.replace('--', '- -'))).not.toBe(result)
      }
      const values = equations.map((equation) => equation[2])
      const firstOperands = equations.map(([, calculation = '']) => /^-?\d+/.exec(calculation)?.[0])
      expect(firstOperands.slice(1)).toEqual(values.slice(0, -1))
      expect(answer).toBe(values.at(-1))
    }
  })

  it('says what it cannot read', () => {
    expect(() => solve({ family, prompt: 'a=7;b=c+5;b?\n' })).toThrow('"c" has no value yet')
    expect(() => solve({ family, prompt: 'a=7;b=a/5;b?\n' })).toThrow('"b=a/5"')
  })
})

describe.each(['shuffled-objects', 'long-shuffles'] as const)('%s', (family) => {
  it('solves an example a person can check', () => {
    expect(solve({ family, prompt: 'Ann,Bob,Cid;Bob cup;Ann-Bob;Bob-Cid;Cid-Ann?\n' })).toEqual({
      completion: 'Ann-Bob:Bob cup->Ann cup\nBob-Cid:Ann cup->Ann cup\nCid-Ann:Ann cup->Cid cup\n#### Cid\n',
      answer: 'Cid',
    })
  })

  it('answers with the person from whom following the swaps backwards leads to the first holder', () => {
    for (const { prompt, answer } of readTasks(family)) {
      const [, start = '', ...swaps] = prompt.trimEnd().slice(0, -1).split(';')
      const first = swaps.reduceRight((person, swap) => {
        const [a, b] = swap.split('-')
        return (person === a ? b : person === b ? a : person) ?? ''
      }, answer)
      expect(start.split(' ')[0]).toBe(first)
    }
  })

  it('goes on from the wrong holder after a slip', () => {
    for (const task of readTasks(family).slice(0, 300)) {
      const right = solve(task)
      const lines = stepLines(solve(task, alwaysWrong(task.id)).completion)
      const [firstRight] = stepLines(right.completion)
      expect(lines[0]?.split('->')[0]).toBe(firstRight?.split('->')[0])
      expect(lines[0]).not.toBe(firstRight)
      for (const [i, line] of lines.entries()) {
        if (i > 0) expect(line.split(':')[1]?.split('->')[0]).toBe(lines[i - 1]?.split('->')[1])
      }
    }
  })
})

describe.each(['boolean-expressions', 'deep-booleans'] as const)('%s', (family) => {
  it('solves an example a person can check', () => {
    expect(solve({ family, prompt: 'not (true and not true) and false?\n' })).toEqual({
      completion: [
        'not true=false->not (true and false) and false',
        'true and false=false->not false and false',
        'not false=true->true and false',
        'true and false=false->false',
        '#### false\n',
      ].join('\n'),
      answer: 'false',
    })
  })

  it('answers what JavaScript gives for the expression', () => {
    for (const { prompt, answer } of readTasks(family)) {
      expect(runAsJavaScript(asJavaScript(prompt.replace('?', '')))).toBe(answer)
    }
  })

  it('writes only lines that hold and rewritings that keep the value', () => {
    for (const task of readTasks(family)) {
      for (const line of stepLines(solve(task).completion)) {
        const [equation = '', rest = ''] = line.split('->')
        const [operation = '', value] = equation.split('=')
        expect(runAsJavaScript(asJavaScript(operation))).toBe(value)
        expect(runAsJavaScript(asJavaScript(rest))).toBe(task.answer)
      }
    }
  })

  it('goes on from the wrong value after a slip', () => {
    const { completion } = solve({ family, prompt: '(true or false) and true?\n' }, alwaysWrong('slip'))
    expect(completion).toBe('true or false=false->false and true\nfalse and true=true->true\n#### true\n')
  })

  it('says what it cannot read', () => {
    expect(() => solve({ family, prompt: '(true or false?\n' })).toThrow('parenthesis is not closed')
    expect(() => solve({ family, prompt: 'true false?\n' })).toThrow('"false" is too much')
    expect(() => solve({ family, prompt: 'true or maybe?\n' })).toThrow('got "maybe"')
  })
})

describe('countdown', () => {
  const family = 'countdown' as const
  const verifier = createVerifier({ kind: 'countdown' })

  it('solves an example a person can check', () => {
    expect(solve({ family, prompt: '10,25,15,11,8=33?\n' })).toEqual({
      completion: '25-10=15;15,11,8,15\n15+11=26;8,15,26\n15-8=7;26,7\n26+7=33;33\n#### 33\n',
      answer: '10,25,15,11,8=33',
    })
  })

  it('is solved by its solutions, as the verifier sees it', () => {
    for (const task of readTasks(family)) {
      expect(verifier.verify(task.solution ?? '', task.answer, false).status, task.prompt).toBe('correct')
    }
  })

  it('is not solved after a slip', () => {
    for (const task of readTasks(family).slice(0, 200)) {
      const { completion } = solve(task, alwaysWrong(task.id))
      expect(verifier.verify(completion, task.answer, false).status).toBe('wrong')
    }
  })

  it('says what it cannot read', () => {
    expect(() => solve({ family, prompt: '2,2=100?\n' })).toThrow('100 cannot be made from 2,2')
    expect(() => solve({ family, prompt: '2;2=4?\n' })).toThrow('Not numbers and a target')
  })
})
