/** A Python script of tests/parity that answers a request: JSON in on standard input, JSON out. */
import { spawnSync } from 'node:child_process'
import { basename } from 'node:path'

/** What the script answers; its type is what the caller knows of it. @throws Error with what the script printed when it fails */
export function askOracle<Answer>(python: string, script: string, request: unknown): Answer {
  const { stdout, stderr, status } = spawnSync(python, [script], {
    input: JSON.stringify(request),
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  })
  if (status !== 0) throw new Error(`${basename(script)} failed: ${stderr}`)
  return JSON.parse(stdout)
}
