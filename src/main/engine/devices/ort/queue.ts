/**
 * One thing at a time on a device: two runs at once crash WebGPU on Linux. What is asked for while something runs waits for its turn; small things
 * that need no answer are done between two turns. Knows nothing of devices.
 */
export interface Queue {
  /** True when nothing runs: then the caller may use the device at once. */
  isIdle(): boolean
  /** Does `work` when it is its turn. */
  alone<T>(work: () => Promise<T>): Promise<T>
  /** Done before the next turn, in the order of the calls; at once if nothing runs. */
  soon(work: () => void): void
}

export function createQueue(): Queue {
  let last: Promise<unknown> = Promise.resolve()
  let waiting = 0
  let later: (() => void)[] = []

  const catchUp = () => {
    const now = later
    later = []
    for (const work of now) work()
  }

  return {
    isIdle: () => waiting === 0,
    alone(work) {
      waiting++
      const turn = last.then(async () => {
        try {
          catchUp()
          return await work()
        } finally {
          waiting--
          if (waiting === 0) catchUp()
        }
      })
      last = turn.catch(() => {}) // whoever asked for it hears of its failure
      return turn
    },
    soon(work) {
      if (waiting === 0) work()
      else later.push(work)
    },
  }
}
