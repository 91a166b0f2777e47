/** Processes below another one, as Linux lists them. */
import { readdirSync, readFileSync } from 'node:fs'

interface Listed {
  readonly pid: number
  readonly parent: number
  readonly command: string
}

function listed(): Listed[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
        const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
        return [{ pid: Number(pid), parent, command }]
      } catch {
        return [] // it has ended meanwhile
      }
    })
}

/** A child of Node runs the built worker; a utility process of Electron says so in its arguments. */
const COMPUTES = /worker\.cjs|node\.mojom\.NodeService/

function listedBelow(ancestor: number): readonly Listed[] {
  const all = listed()
  const below = (pid: number): readonly Listed[] => {
    const children = all.filter(({ parent }) => parent === pid)
    return [...children, ...children.flatMap((child) => below(child.pid))]
  }
  return below(ancestor)
}

/** All processes below a process. */
export const descendants = (ancestor: number): number[] => listedBelow(ancestor).map(({ pid }) => pid)

export const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** Processes that read files or work on text look the same, but have not loaded what computes. */
function hasLoadedEngine({ pid }: Listed): boolean {
  try {
    return readFileSync(`/proc/${pid}/maps`, 'utf8').includes('onnxruntime')
  } catch {
    return false // it has ended meanwhile
  }
}

/** Trainers and jobs below a process. */
export const computing = (ancestor: number): number[] =>
  listedBelow(ancestor)
    .filter((one) => COMPUTES.test(one.command) && hasLoadedEngine(one))
    .map(({ pid }) => pid)
