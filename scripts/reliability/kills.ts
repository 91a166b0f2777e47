/**
 * Runs that are killed at random moments, in turns the whole program and its trainer alone, and resumed at once, until they are complete. Each must end
 * with the bytes of the weights and of the optimiser of a run that nobody disturbed, and with a sound database.
 *
 * `node scripts/run.mjs scripts/reliability/kills.ts --kills 1000 --seed 1`; Linux. Prints JSON.
 */
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import {
  buildFrozen,
  childrenOf,
  faultsOf,
  newestTensors,
  numbersOf,
  pause,
  prepareWork,
  randomNumbers,
  startGpo,
} from './program'

/** `most`: kills of one run; `longest`: milliseconds from a command's start to its kill, so that loading and training are both hit. */
const {
  kills: wanted,
  seed,
  iterations,
  most,
  longest,
} = numbersOf({
  kills: 1000,
  seed: 1,
  iterations: 80,
  most: 25,
  longest: 5000,
})
const random = randomNumbers(seed)
const entry = buildFrozen()
const { folder, plan } = prepareWork(iterations)

/** Nothing but a kill may end a command with another code than 0; and it says what was wrong. */
const problems: string[] = []
const counts = { kills: { program: 0, trainer: 0 }, tooLate: 0, runs: 0, sameWeights: 0, soundDatabases: 0 }

/** A run from its begin to its end. @returns milliseconds of the undisturbed one */
async function undisturbed(home: string): Promise<number> {
  const begin = performance.now()
  const { code, said } = await startGpo(entry, home, 'train', plan).ended
  if (code !== 0) throw new Error(`the undisturbed run ended with code ${code}: ${said}`)
  return performance.now() - begin
}

const isRunThere = (home: string) => existsSync(join(home, 'runs'))

/** @returns whether the command was killed before its end */
async function startAndKill(home: string, whom: 'program' | 'trainer', afterMs: number): Promise<boolean> {
  const { child, ended } = startGpo(entry, home, ...(isRunThere(home) ? ['resume', 'last'] : ['train', plan]))
  let isOver = false
  void ended.then(() => {
    isOver = true
  })
  // A trainer's time begins when it is there.
  while (whom === 'trainer' && !isOver && childrenOf(child.pid!).length === 0) await pause(10)
  await Promise.race([ended, pause(afterMs)])
  const target = whom === 'program' ? child.pid : childrenOf(child.pid!)[0]
  if (isOver || target === undefined) {
    const { code, said } = await ended
    if (code !== 0) problems.push(`ended by itself with code ${code}: ${said.slice(-600)}`)
    counts.tooLate++
    return false
  }
  try {
    process.kill(target, 'SIGKILL')
  } catch {} // it has just ended
  const { code, signal, said } = await ended
  const isKilled = whom === 'program' ? signal === 'SIGKILL' : code === 130
  if (isKilled) counts.kills[whom]++
  else if (code === 0) counts.tooLate++
  else problems.push(`${whom} killed, code ${code}, signal ${signal}: ${said.slice(-600)}`)
  return isKilled
}

const isComplete = (said: string) => / is completed | completed; /.test(said)

async function disturbedRun(home: string, expected: ReturnType<typeof newestTensors>): Promise<void> {
  for (let kill = 0; kill < most && counts.kills.program + counts.kills.trainer < wanted; kill++) {
    const whom = random() < 0.5 ? 'program' : 'trainer'
    if (!(await startAndKill(home, whom, 50 + random() * longest)) && isRunThere(home)) break
  }
  const { code, said } = await startGpo(entry, home, ...(isRunThere(home) ? ['resume', 'last'] : ['train', plan])).ended
  if (!isComplete(said)) problems.push(`cannot be brought to its end, code ${code}: ${said.slice(-600)}`)
  counts.runs++
  process.stderr.write(`${JSON.stringify({ ...counts, problems: problems.length })}\n`)
  const faults = faultsOf(home)
  if (faults.length === 0) counts.soundDatabases++
  else problems.push(`database: ${faults.slice(0, 3).join('; ')}`)
  const found = newestTensors(home)
  const isSame =
    Object.keys(found).join() === Object.keys(expected).join() &&
    Object.entries(expected).every(([name, bytes]) => bytes.equals(found[name]!))
  if (isSame) counts.sameWeights++
  else problems.push(`other bytes than without a kill: ${Object.keys(found).join(', ')}`)
}

const usual = await undisturbed(join(folder, 'undisturbed'))
const expected = newestTensors(join(folder, 'undisturbed'))
const begin = performance.now()
while (counts.kills.program + counts.kills.trainer < wanted) {
  const home = join(folder, `run-${counts.runs}`)
  await disturbedRun(home, expected)
  if (problems.length === 0) rmSync(home, { recursive: true, force: true })
}
const minutes = (performance.now() - begin) / 60_000
process.stdout.write(`${JSON.stringify({ ...counts, problems, undisturbedMs: Math.round(usual), minutes }, null, 2)}\n`)
if (problems.length === 0) rmSync(folder, { recursive: true, force: true })
process.exitCode = problems.length === 0 ? 0 : 1
