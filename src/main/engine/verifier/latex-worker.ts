/**
 * The program of the thread in which formulas are compared: plain JavaScript in a string, so that it needs no file of its own in any
 * bundle. It gets the path of `@cortex-js/compute-engine`, a port and a shared counter; it adds 1 to the counter after each answer, first
 * when it is ready. Each comparison has its own scope and its own random numbers: an answer does not depend on what was asked before.
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

function compare(engine, left, right) {
  state = 1
  engine.pushScope()
  try {
    const [a, b] = [engine.parse(left), engine.parse(right)]
    return a.isValid && b.isValid && a.isIdenticallyEqual(b) === true
  } catch {
    return false
  } finally {
    engine.popScope()
  }
}

try {
  const { ComputeEngine } = require(enginePath)
  const engine = new ComputeEngine()
  port.on('message', ({ left, right }) => answer({ isEqual: compare(engine, left, right) }))
  answer({ isReady: true })
} catch (error) {
  answer({ failure: String(error) })
}
`
