/** Which configuration files are written beside exported data. Pure. */
import type { ExportFormat } from '@shared/contract/exports'
import { learnsFromRewards } from '@shared/method/guided'
import type { ConfigSource, TrainerConfig } from './trainer-config'
import { trlDpo, trlKto } from './trl-config'
import { verlConfig } from './verl-config'

/** The files written beside exported data. */
export function trainerConfigs(format: ExportFormat, source: ConfigSource): TrainerConfig[] {
  const online = learnsFromRewards(source.plan.objective.kind) ? [verlConfig(source)] : []
  if (format === 'pairs') return [trlDpo(source), ...online]
  if (format === 'unpaired') return [trlKto(source), ...online]
  return []
}
