/** Which adapters are loaded, under which numbers; knows nothing of what samples with them. */
import { randomInt } from 'node:crypto'
import { isAbsolute } from 'node:path'
import { shown } from '@shared/shown'
import { Refused } from './requests'

export interface Listed {
  readonly id: number
  readonly name: string
  readonly path: string
}

/** What samples with one adapter. */
export interface Pool {
  /** Ends what is under way, and frees its memory. */
  close(): Promise<void>
}

export interface Adapters<P extends Pool> {
  /** The same name and path again are the same adapter. @throws {Refused} */
  load(path: string, name: string): Promise<number>
  /** @throws {Refused} for a number that is not loaded */
  unload(id: number): Promise<void>
  list(): readonly Listed[]
  /** Null: the base model, which is opened when it is first asked for. @throws {Refused} */
  pool(id: number | null): Promise<P>
  close(): Promise<void>
}

interface Held<P> extends Listed {
  readonly pool: Promise<P>
}

/** A version, the one after it, and those of a second run. */
const MOST = 4

/** @param open a path, or null for the base model */
export function createAdapters<P extends Pool>(open: (path: string | null) => Promise<P>, most = MOST): Adapters<P> {
  const held = new Map<number, Held<P>>()
  let base: Promise<P> | null = null
  // The number that a server gave out before it was started again must not name an adapter of this one.
  let next = randomInt(2 ** 30)

  /** What could not be opened may be tried again. */
  async function hold(id: number, one: Held<P>): Promise<number> {
    held.set(id, one)
    try {
      await one.pool
      return id
    } catch (error) {
      held.delete(id)
      throw error
    }
  }

  return {
    async load(path, name) {
      const same = [...held.values()].find((one) => one.name === name)
      if (same && same.path !== path)
        throw new Refused(409, `The name ${shown(name)} belongs to another adapter, ${shown(same.path)}.`)
      if (same) {
        await same.pool
        return same.id
      }
      if (!isAbsolute(path)) throw new Refused(400, `${shown(path)} is no absolute path.`)
      if (held.size >= most)
        throw new Refused(409, `${most} adapters are loaded already: unload one with /lora-adapters/unload.`)
      const id = next++
      return hold(id, { id, name, path, pool: open(path) })
    },
    async unload(id) {
      const one = held.get(id)
      if (!one) throw new Refused(404, `No adapter has the number ${id}.`)
      held.delete(id)
      await (await one.pool).close()
    },
    list: () => [...held.values()].map(({ id, name, path }) => ({ id, name, path })),
    async pool(id) {
      if (id === null) {
        base ??= open(null).catch((error: unknown) => {
          base = null
          throw error
        })
        return base
      }
      const one = held.get(id)
      if (!one) throw new Refused(400, `No adapter has the number ${id}: load it with /lora-adapters/load.`)
      return one.pool
    },
    async close() {
      const pools = [...held.values()].map(({ pool }) => pool)
      held.clear()
      await Promise.allSettled([...pools, ...(base ? [base] : [])].map(async (pool) => (await pool).close()))
    },
  }
}
