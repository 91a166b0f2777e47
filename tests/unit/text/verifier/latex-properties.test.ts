/**
 * Random pairs of formulas: those that differ somewhere, by an independent evaluation in doubles, are never equal; a formula
 * equals its rewritings. `GPO_PAIRS=10000` tries more; docs/verifiers.md has the result of the last time.
 */
import { createVerifier } from '@main/text/verifier'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

type Tree =
  | { readonly op: 'number'; readonly value: number }
  | { readonly op: 'x' }
  | { readonly op: 'y' }
  | { readonly op: 'pi' }
  | { readonly op: '+' | '-' | '*' | '/'; readonly a: Tree; readonly b: Tree }
  | { readonly op: 'power'; readonly a: Tree; readonly n: number }
  | { readonly op: 'sqrt' | 'sin' | 'cos' | 'exp' | 'ln' | 'neg'; readonly a: Tree }

const PAIRS = Number(process.env['GPO_PAIRS'] ?? 600)
const SEED = 20_260_801
const verifier = createVerifier({ kind: 'latex', timeoutMs: 5000 })
const isCorrect = (a: string, b: string) => verifier.verify(`\\boxed{${a}}`, b, false).status === 'correct'

function evaluate(tree: Tree, x: number, y: number): number {
  if (tree.op === 'number') return tree.value
  if (tree.op === 'x') return x
  if (tree.op === 'y') return y
  if (tree.op === 'pi') return Math.PI
  const a = evaluate(tree.a, x, y)
  if (tree.op === 'power') return a ** tree.n
  if ('b' in tree) {
    const b = evaluate(tree.b, x, y)
    return { '+': a + b, '-': a - b, '*': a * b, '/': a / b }[tree.op]
  }
  return { sqrt: Math.sqrt(a), sin: Math.sin(a), cos: Math.cos(a), exp: Math.exp(a), ln: Math.log(a), neg: -a }[tree.op]
}

const POINTS = [0.3, 0.7, 1.4, 2.3, 3.1, -0.6, -1.7, 5.2].flatMap((x) => [0.4, 1.9, -1.1].map((y) => [x, y] as const))
const MAX = 1e9

interface Judged {
  /** Points where both are defined and of moderate size. */
  readonly defined: number
  readonly isDifferent: boolean
}

function judge(a: Tree, b: Tree): Judged {
  const values = POINTS.map(([x, y]) => [evaluate(a, x, y), evaluate(b, x, y)] as const)
  const defined = values.filter(([u, v]) => Math.abs(u) < MAX && Math.abs(v) < MAX)
  return {
    defined: defined.length,
    isDifferent: defined.some(([u, v]) => Math.abs(u - v) > 1e-5 * (1 + Math.abs(u) + Math.abs(v))),
  }
}

function latex(tree: Tree): string {
  if (tree.op === 'number') return String(tree.value)
  if (tree.op === 'x' || tree.op === 'y') return tree.op
  if (tree.op === 'pi') return '\\pi'
  if (tree.op === 'power') return `${wrapped(tree.a)}^{${tree.n}}`
  if (tree.op === '/') return `\\frac{${latex(tree.a)}}{${latex(tree.b)}}`
  if (tree.op === '+') return `${latex(tree.a)}+${wrapped(tree.b)}`
  if (tree.op === '-') return `${latex(tree.a)}-${wrapped(tree.b)}`
  if (tree.op === '*') return `${wrapped(tree.a)}\\cdot ${wrapped(tree.b)}`
  if (tree.op === 'sqrt') return `\\sqrt{${latex(tree.a)}}`
  if (tree.op === 'exp') return `e^{${latex(tree.a)}}`
  return tree.op === 'neg' ? `-${wrapped(tree.a)}` : `\\${tree.op}${wrapped(tree.a)}`
}
const wrapped = (tree: Tree): string => `\\left(${latex(tree)}\\right)`

const { tree } = fc.letrec<{ tree: Tree; atom: Tree }>((tie) => ({
  atom: fc.oneof(
    { weight: 2, arbitrary: fc.integer({ min: 1, max: 9 }).map((value): Tree => ({ op: 'number', value })) },
    { weight: 3, arbitrary: fc.constantFrom<Tree>({ op: 'x' }, { op: 'y' }, { op: 'pi' }) },
  ),
  tree: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    tie('atom'),
    fc.record({ op: fc.constantFrom('+', '-', '*', '/'), a: tie('tree'), b: tie('tree') }) as fc.Arbitrary<Tree>,
    fc.record({ op: fc.constant('power'), a: tie('tree'), n: fc.integer({ min: 2, max: 4 }) }) as fc.Arbitrary<Tree>,
    fc.record({ op: fc.constantFrom('sqrt', 'sin', 'cos', 'exp', 'ln', 'neg'), a: tie('tree') }) as fc.Arbitrary<Tree>,
  ),
}))

/** A formula with its `at`-th part changed a little. */
function changed(tree: Tree, at: { left: number }): Tree {
  if (at.left-- === 0) return slightly(tree)
  if ('b' in tree) {
    const a = changed(tree.a, at)
    return { ...tree, a, b: changed(tree.b, at) }
  }
  return 'a' in tree ? { ...tree, a: changed(tree.a, at) } : tree
}

function slightly(tree: Tree): Tree {
  if (tree.op === 'number') return { op: 'number', value: tree.value + 1 }
  if (tree.op === 'x') return { op: 'y' }
  if (tree.op === 'y' || tree.op === 'pi') return { op: 'x' }
  if (tree.op === 'power') return { ...tree, n: tree.n + 1 }
  if (tree.op === '+') return { ...tree, op: '-' }
  if (tree.op === 'sin') return { ...tree, op: 'cos' }
  return { op: '+', a: tree, b: { op: 'number', value: 1 } }
}

const one: Tree = { op: 'number', value: 1 }
const two: Tree = { op: 'number', value: 2 }
const minusOne: Tree = { op: 'neg', a: one }
const REWRITINGS: readonly ((tree: Tree) => Tree)[] = [
  (a) => ('b' in a && (a.op === '+' || a.op === '*') ? { ...a, a: a.b, b: a.a } : a),
  (a) => (a.op === '-' ? { op: '+', a: a.a, b: { op: 'neg', a: a.b } } : a),
  (a) => (a.op === '/' ? { op: '*', a: a.a, b: { op: '/', a: one, b: a.b } } : a),
  (a) =>
    a.op === '*' && (a.a.op === '+' || a.a.op === '-')
      ? { op: a.a.op, a: { op: '*', a: a.a.a, b: a.b }, b: { op: '*', a: a.a.b, b: a.b } }
      : a,
  (a) => (a.op === 'power' ? { op: '*', a: a.a, b: a.n === 2 ? a.a : { op: 'power', a: a.a, n: a.n - 1 } } : a),
  (a) => (a.op === 'neg' ? { op: '*', a: minusOne, b: a.a } : a),
  (a) => ({ op: '/', a: { op: '*', a: two, b: a }, b: two }),
  (a) => ({ op: '-', a: { op: '+', a, b: { op: 'pi' } }, b: { op: 'pi' } }),
]

function rewritten(tree: Tree, rule: (tree: Tree) => Tree): Tree {
  const inner =
    'b' in tree
      ? { ...tree, a: rewritten(tree.a, rule), b: rewritten(tree.b, rule) }
      : 'a' in tree
        ? { ...tree, a: rewritten(tree.a, rule) }
        : tree
  return rule(inner)
}

describe('latex: random formulas', () => {
  it(`of ${PAIRS} pairs, those that differ are never equal`, () => {
    let different = 0
    const pair = fc.oneof(
      fc.tuple(tree, tree),
      fc.tuple(tree, fc.nat({ max: 8 })).map(([a, left]) => [a, changed(a, { left })] as const),
    )
    const check = ([a, b]: readonly [Tree, Tree]) => {
      if (!judge(a, b).isDifferent) return
      different++
      expect([latex(a), latex(b), isCorrect(latex(a), latex(b))]).toEqual([latex(a), latex(b), false])
    }
    fc.assert(fc.property(pair, check), { numRuns: PAIRS, seed: SEED })
    console.log(`${different} of ${PAIRS} pairs differ by the judge; none was equal`)
    expect(different).toBeGreaterThan(PAIRS / 2)
  }, 600_000)

  it(`of ${PAIRS} formulas, each equals its rewriting`, () => {
    let tried = 0
    const check = (a: Tree, rule: (tree: Tree) => Tree) => {
      const b = rewritten(a, rule)
      if (judge(a, b).defined < 12 || latex(b).length > 900) return
      tried++
      expect([latex(a), latex(b), isCorrect(latex(a), latex(b))]).toEqual([latex(a), latex(b), true])
    }
    fc.assert(fc.property(tree, fc.constantFrom(...REWRITINGS), check), { numRuns: PAIRS, seed: SEED })
    console.log(`${tried} formulas equal their rewritings`)
    expect(tried).toBeGreaterThan(PAIRS / 3)
  }, 600_000)
})
