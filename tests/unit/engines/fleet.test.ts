/** Work on several servers, some of which fail, hang or come back. */
import { createFleet } from '@main/engines/fleet'
import type { Member } from '@main/engines/places'
import { preferred } from '@main/engines/routing'
import type { Item } from '@main/engines/work-list'
import { afterEach, expect, test } from 'vitest'

const sleep = (ms: number, signal?: AbortSignal) =>
  new Promise<void>((resolve, reject) => {
    const timer = setTimeout(resolve, ms)
    signal?.addEventListener('abort', () => {
      clearTimeout(timer)
      reject(new Error('aborted'))
    })
  })

interface Server extends Member {
  readonly seen: string[]
  running: number
  most: number
}

const server = (name: string, revive: () => Promise<void> = async () => {}): Server => ({
  ...{ name, revive, seen: [], running: 0, most: 0 },
})

const items = (count: number, questions = count): Item[] =>
  Array.from({ length: count }, (_, i) => ({ key: `item ${i}`, affinity: (i % questions) * 7919 }))

let closing: () => void = () => {}
afterEach(() => closing())

function fleetOf(servers: readonly Server[], limits: Partial<Parameters<typeof createFleet>[1]> = {}) {
  const fleet = createFleet(servers, { inFlight: 2, attemptMs: 200, totalMs: 1500, pauseMs: 20, ...limits })
  closing = fleet.close
  return fleet
}

/** Notes what each server got, and how many at a time. */
async function noted(at: Server, item: Item, work: () => Promise<void>): Promise<string> {
  at.seen.push(item.key)
  at.running++
  at.most = Math.max(at.most, at.running)
  try {
    await work()
    return `done ${item.key}`
  } finally {
    at.running--
  }
}

test('results stand in the order of the items, each is done once, and no server gets more than its share at a time', async () => {
  const servers = ['a', 'b', 'c'].map((name) => server(name))
  const fleet = fleetOf(servers)
  const answered: string[] = []
  const results = await fleet.run(
    items(60),
    (at, item, signal) => noted(at, item, () => sleep((Number(item.key.slice(5)) * 13) % 17, signal)),
    (result) => answered.push(result),
  )
  expect(results.map(({ result }) => result)).toEqual(items(60).map(({ key }) => `done ${key}`))
  expect(answered).not.toEqual(results.map(({ result }) => result)) // answers came in another order
  expect(new Set(answered).size).toBe(60)
  expect(servers.flatMap(({ seen }) => seen)).toHaveLength(60)
  for (const { most, seen } of servers) {
    expect(most).toBeLessThanOrEqual(2)
    expect(seen.length).toBeGreaterThan(5)
  }
  expect(fleet.status().map(({ done, failed, inFlight }) => [done > 0, failed, inFlight])).toEqual(
    servers.map(() => [true, 0, 0]),
  )
})

test('states of one prompt go to one server while it keeps up', async () => {
  const servers = ['a', 'b', 'c', 'd'].map((name) => server(name))
  const fleet = fleetOf(servers, { inFlight: 100 })
  await fleet.run(items(40, 4), (at, item) => noted(at, item, () => sleep(1)))
  const homes = [0, 1, 2, 3].map((question) =>
    servers.filter(({ seen }) => seen.some((key) => Number(key.slice(5)) % 4 === question)),
  )
  for (const home of homes) expect(home).toHaveLength(1)
})

test('a server that leaves moves only its own prompts', () => {
  const hashes = [11, 22, 33, 44]
  const before = Array.from({ length: 400 }, (_, prompt) => preferred(prompt, hashes, () => true))
  const after = Array.from({ length: 400 }, (_, prompt) => preferred(prompt, hashes, (i) => i !== 2))
  before.forEach((home, prompt) => {
    if (home !== 2) expect(after[prompt]).toBe(home)
  })
  for (const home of hashes.keys()) expect(before.filter((one) => one === home).length).toBeGreaterThan(60)
})

test('what fails is tried elsewhere; the server rests, is asked whether it is well, and works again', async () => {
  let isBroken = true
  let revived = 0
  const broken = server('broken', async () => {
    if (isBroken) throw new Error('still down')
    revived++
  })
  const fleet = fleetOf([broken, server('good')])
  const fails = async (at: Server, item: Item) => {
    if (at === broken && isBroken) throw new Error('status 503')
    return noted(at, item, () => sleep(5))
  }
  const results = await fleet.run(items(20), fails)
  expect(new Set(results.map(({ by }) => by.name))).toEqual(new Set(['good']))
  expect(fleet.status()[0]).toMatchObject({ state: 'paused' })
  isBroken = false
  await expect.poll(() => fleet.status()[0]?.state).toBe('ready')
  expect(revived).toBe(1)
  const again = await fleet.run(items(20), fails)
  expect(again.some(({ by }) => by === broken)).toBe(true)
})

test('an attempt that hangs is taken away, also if it does not heed its signal, and its late answer is dropped', async () => {
  const hanging = server('hangs', () => new Promise(() => {}))
  const fleet = fleetOf([hanging, server('good')])
  const answered: string[] = []
  const results = await fleet.run(
    items(12),
    (at, item) => noted(at, item, () => sleep(at === hanging ? 300 : 1)),
    (result) => answered.push(result),
  )
  expect(results.every(({ by }) => by.name === 'good')).toBe(true)
  expect(hanging.seen.length).toBeGreaterThan(0)
  await sleep(400) // the late answers
  expect(answered).toHaveLength(12)
  expect(new Set(answered).size).toBe(12)
})

test('an item that no server can do ends the work after its time, with what each server said', async () => {
  const fleet = fleetOf([server('a'), server('b')], { totalMs: 400 })
  const begin = performance.now()
  const work = fleet.run(items(5), async (at: Server) => {
    throw new Error(`${at.name} is out of memory`)
  })
  await expect(work).rejects.toThrow(
    /within 0.4 s on any of 2 sampling servers .*a is out of memory.*b is out of memory/,
  )
  expect(performance.now() - begin).toBeLessThan(3000)
})

test('work that begins while all servers rest waits for one', async () => {
  const one = server('a')
  const fleet = fleetOf([one])
  fleet.pause(one, new Error('restarting'))
  await fleet.ready()
  fleet.pause(one, new Error('restarting'))
  const results = await fleet.run(items(3), (at, item) => noted(at, item, () => sleep(1)))
  expect(results).toHaveLength(3)
})

test('an item that takes too long everywhere does not take out servers that do other work meanwhile', async () => {
  const servers = ['a', 'b'].map((name) => server(name))
  const fleet = fleetOf(servers, { totalMs: 700 })
  const work = fleet.run(items(60), (at, item, signal) =>
    noted(at, item, () => sleep(item.key === 'item 0' ? 5000 : 20, signal)),
  )
  await expect(work).rejects.toThrow(/within 0.7 s/)
  expect(servers.flatMap(({ seen }) => seen).filter((key) => key !== 'item 0')).toHaveLength(59)
})

test('the same key twice is a bug', async () => {
  const fleet = fleetOf([server('a')])
  const twice = [...items(1), ...items(1)]
  await expect(fleet.run(twice, (at, item) => noted(at, item, () => sleep(1)))).rejects.toThrow(/same key/)
})
