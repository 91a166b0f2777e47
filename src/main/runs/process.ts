/** Which processes are alive. Process numbers are reused, so a process is known by its number and its start time. */
import { readFileSync } from 'node:fs'
import type { RunOwner } from '@shared/schemas/run'

/** Clock ticks since boot on Linux; empty where the system does not tell. */
function startTimeOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name (field 2) is in parentheses and may hold anything; the start time is field 22.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    return ''
  }
}

export const thisProcess = (): RunOwner => ({ pid: process.pid, startedAt: startTimeOf(process.pid) })

export function isAlive({ pid, startedAt }: RunOwner): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
  const now = startTimeOf(pid)
  return startedAt === '' || now === '' || now === startedAt
}
