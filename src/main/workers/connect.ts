/** A client of a worker process over its message port. */
import { createORPCClient } from '@orpc/client'
import { type MessagePortMainLike, RPCLink } from '@orpc/client/message-port'
import type { AnyContractRouter, ContractRouterClient } from '@orpc/contract'
import { ResponseValidationPlugin } from '@orpc/contract/plugins'
import { z } from 'zod'
import type { WorkerExit, WorkerProcess } from './fork'
import { INFINITIES } from './infinities'

export interface Connection<Contract extends AnyContractRouter> {
  readonly client: ContractRouterClient<Contract>
  readonly pid: number | null
  kill(): void
  /** True if a message was not an answer; then the process is ended. */
  isGarbled(): boolean
  /** Resolves when the process has ended and all its messages were delivered. */
  readonly exited: Promise<WorkerExit>
}

/** The envelope of an answer; its contents are parsed by the contract. */
const envelope = z.looseObject({
  i: z.string(),
  t: z.number().optional(),
  p: z.looseObject({ h: z.record(z.string(), z.unknown()).optional() }).optional(),
})

function envelopeOf(data: unknown): object | null {
  try {
    return envelope.parse(JSON.parse(String(data)))
  } catch {
    return null
  }
}

export function connect<Contract extends AnyContractRouter>(
  child: WorkerProcess,
  contract: Contract,
): Connection<Contract> {
  let isGarbled = false
  const exited = new Promise<WorkerExit>((resolve) => {
    child.onExit((exit) => setImmediate(() => resolve(exit))) // after the last message is read
  })
  const port: MessagePortMainLike = {
    postMessage: (data) => child.send(data),
    on(event, callback) {
      if (event === 'close') void exited.then(() => callback())
      else
        child.onMessage((data) => {
          if (isGarbled) return
          const message = envelopeOf(data)
          isGarbled = message === null
          if (isGarbled) child.kill()
          else callback({ data: message })
        })
    },
  }
  const link = new RPCLink({
    port,
    customJsonSerializers: INFINITIES,
    plugins: [new ResponseValidationPlugin(contract)],
  })
  return {
    client: createORPCClient(link),
    pid: child.pid,
    kill: () => child.kill(),
    isGarbled: () => isGarbled,
    exited,
  }
}
