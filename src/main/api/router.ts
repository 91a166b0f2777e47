/** Every domain of the contract with its handlers. */
import { api } from './base'
import { datasetsApi } from './datasets'
import { evaluationsApi } from './evaluations'
import { explorerApi } from './explorer'
import { exportsApi } from './exports'
import { hubApi } from './hub'
import { modelsApi } from './models'
import { plansApi } from './plans'
import { playgroundApi } from './playground'
import { runsApi } from './runs'
import { serversApi } from './servers'
import { studiesApi } from './studies'
import { systemApi } from './system'

export const router = api.router({
  datasets: datasetsApi,
  evaluations: evaluationsApi,
  explorer: explorerApi,
  exports: exportsApi,
  hub: hubApi,
  models: modelsApi,
  plans: plansApi,
  playground: playgroundApi,
  runs: runsApi,
  servers: serversApi,
  studies: studiesApi,
  system: systemApi,
})
