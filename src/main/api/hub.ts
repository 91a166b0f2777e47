import type { Services } from '@main/api/services'
import { downloadWatched, hubContents } from '@main/library/hub/add'
import { cacheFolder } from '@main/library/hub/cache'
import { endpointOf, type HubOptions, searchHub } from '@main/library/hub/client'
import { GpoError } from '@shared/errors'
import { api } from './base'

const TOKEN = 'hugging-face-token'

/** The keychain's token, else the environment's. */
const tokenOf = ({ host }: Services): string | null => host.secrets?.read(TOKEN) ?? process.env['HF_TOKEN'] ?? null
const optionsOf = (services: Services): HubOptions => ({ endpoint: endpointOf(), token: tokenOf(services) })

export const hubApi = {
  place: api.hub.place.handler(({ context }) => ({
    endpoint: endpointOf(),
    cache: cacheFolder(),
    hasToken: tokenOf(context) !== null,
    canKeepToken: context.host.secrets !== undefined,
  })),
  keepToken: api.hub.keepToken.handler(({ context: { host }, input: { token } }) => {
    if (!host.secrets)
      throw new GpoError('usage', 'There is no keychain here: start the program with HF_TOKEN set to the token.')
    host.secrets.write(TOKEN, token, 'HF_TOKEN')
  }),
  search: api.hub.search.handler(({ context, input: { kind, text } }) => searchHub(kind, text, optionsOf(context))),
  contents: api.hub.contents.handler(({ context, input }) => hubContents(input, optionsOf(context))),
  download: api.hub.download.handler(({ context, input, signal }) =>
    downloadWatched(context.store, input, optionsOf(context), signal),
  ),
}
