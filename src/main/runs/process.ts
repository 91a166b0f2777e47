/** Which processes are alive. Process ids are reused, so a process is identified by its id and start time. */
import { readFileSync } from 'node:fs'
import type { RunOwner } from '@shared/schemas/run'

/** Clock ticks since boot on Linux; empty on other systems. */
function startTimeOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name (field 2) is in parentheses and may contain any character; the start time is field 22.
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
