/**
 * The sampling servers that the person here has named, in a file of the data folder. Not in the database: that may be somebody else's, and would then say
 * where prompts go and which command is run.
 */
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { writeAtomically } from '@main/formats/atomic'
import { dataFolder } from '@main/paths'
import { describeError, GpoError } from '@shared/errors'
import { type Server, serverSchema } from '@shared/schemas/server'
import { z } from 'zod'

const fileSchema = z.strictObject({ version: z.literal(1), servers: z.array(serverSchema).max(10_000) })

const serversFile = (): string => join(dataFolder(), 'servers.json')

/** In the order in which they were added. @throws {GpoError} 'storage' for a file that cannot be read */
export function knownServers(): readonly Server[] {
  const file = serversFile()
  if (!existsSync(file)) return []
  try {
    return fileSchema.parse(JSON.parse(readFileSync(file, 'utf8'))).servers
  } catch (error) {
    const why = error instanceof z.ZodError ? (error.issues[0]?.message ?? '') : describeError(error)
    throw new GpoError(
      'storage',
      `The list of sampling servers, ${file}, cannot be read (${why}): correct or remove it, then name the servers again.`,
    )
  }
}

function write(servers: readonly Server[]): void {
  mkdirSync(dirname(serversFile()), { recursive: true })
  writeAtomically(serversFile(), [Buffer.from(`${JSON.stringify({ version: 1, servers }, null, 2)}\n`)])
}

/** Adds a server, or replaces what is known of it. @throws {GpoError} 'storage' */
export function keepServer(server: Server): void {
  const known = knownServers()
  const isNew = known.every(({ address }) => address !== server.address)
  write(isNew ? [...known, server] : known.map((one) => (one.address === server.address ? server : one)))
}

/** @throws {GpoError} 'storage' */
export function forgetServer(address: string): void {
  write(knownServers().filter((one) => one.address !== address))
}
