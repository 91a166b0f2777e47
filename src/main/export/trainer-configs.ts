/** Which configuration files are written beside exported data. Pure. */
import type { ExportFormat } from '@shared/contract/exports'
import type { ConfigSource, TrainerConfig } from './trainer-config'
import { trlDpo, trlKto } from './trl-config'
import { verlConfig } from './verl-config'

/** The files written beside exported data. */
export function trainerConfigs(format: ExportFormat, source: ConfigSource): TrainerConfig[] {
  const { kind } = source.plan.objective
  const online = kind === 'ppo' || kind === 'grpo' ? [verlConfig(source)] : []
  if (format === 'pairs') return [trlDpo(source), ...online]
  if (format === 'unpaired') return [trlKto(source), ...online]
  return []
}
