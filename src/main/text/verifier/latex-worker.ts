/**
 * The program of the thread in which formulas are compared: plain JavaScript in a string, so that it needs no file of its own in any
 * bundle. It gets the path of `@cortex-js/compute-engine`, a port and a shared counter; it adds 1 to the counter after each answer, first
 * when it is ready. Each comparison has its own scope and its own random numbers: an answer does not depend on what was asked before.
 * The engine's tolerance is absolute, so with its default of 1e-10 every small constant would be zero: irrational constants are compared to 30 digits;
 * formulas with variables on both sides are tried out in machine numbers, which need the default.
 */
export const LATEX_WORKER = `
const { workerData } = require('node:worker_threads')
const { enginePath, port, answers } = workerData

let state = 1
Math.random = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0
  return state / 4294967296
}

function answer(message) {
  port.postMessage(message)
  Atomics.add(answers, 0, 1)
  Atomics.notify(answers, 0)
}

const sizeOf = ({ re, im }) => Math.hypot(re, im)

function isConstantEqual(a, b) {
  if (a.evaluate().isRational === true && b.evaluate().isRational === true) return false
  const [difference, size] = [sizeOf(a.sub(b).N()), Math.max(sizeOf(a.N()), sizeOf(b.N()))]
  return size > 0 && size < Infinity && difference <= size * 1e-30
}

function compare(engine, left, right) {
  state = 1
  engine.pushScope()
  try {
    const [a, b] = [engine.parse(left), engine.parse(right)]
    if (!a.isValid || !b.isValid) return false
    engine.tolerance = a.unknowns.length > 0 && b.unknowns.length > 0 ? 1e-10 : 1e-40
    return a.isIdenticallyEqual(b) === true || isConstantEqual(a, b)
  } catch {
    return false
  } finally {
    engine.popScope()
  }
}

try {
  const { ComputeEngine } = require(enginePath)
  const engine = new ComputeEngine()
  engine.precision = 50
  port.on('message', ({ left, right }) => answer({ isEqual: compare(engine, left, right) }))
  answer({ isReady: true })
} catch (error) {
  answer({ failure: String(error) })
}
`
