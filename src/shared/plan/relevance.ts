/** Which settings have an effect, given the others. Pure. */
import { learnsFromRewards } from '../method/guided'
import { isPairwise } from '../method/offline'
import { currentValue, isApplicable, type PlanDraft } from './draft'
import type { PlanLeaf } from './leaves'

/** Settings of rollouts for training; SFT samples none. */
const SAMPLED = ['budget.trainedPerPrompt', 'budget.skipDecided', 'rollout.temperature', 'rollout.topP', 'rollout.topK']
/** Settings that evaluations use too. */
const DECODED = ['rollout.maxNewTokens', 'rollout.lanes']
/** Settings of PPO's value function. */
const OF_CRITIC = ['objective.valueClip', 'objective.valueCoefficient', 'objective.gamma', 'objective.lambda']
/** An existing adapter has its own values. */
const OF_NEW_ADAPTER = ['adaptation.r', 'adaptation.alpha', 'adaptation.rslora', 'adaptation.targets']
/** Settings of servers that sample. */
const OF_SERVERS = /^rollout\.(engine[A-Z]|offPolicy)/
const OF_SPLITTER: Readonly<Record<string, string>> = {
  'gpo.segmentation.windowTokens': 'window',
  'gpo.segmentation.pattern': 'regex',
}

/** Settings that only training asks: how groups and batches are made, how weights change and are kept, when the model is judged again. */
const OF_TRAINING =
  /^(optimiser|checkpoint|evaluation)\.|^budget\.(skipDecided|microbatchTokens|recomputeLayers)$|^gpo\.(when|decided|startMix|mode|trainOn)$|^adaptation\.dropout$|^rollout\.offPolicy|^data\.(eval\.|holdOut)/

/** False for settings without an effect in this plan: GPO's samples without GPO, rollouts in SFT. */
export function hasEffect(draft: PlanDraft, leaf: PlanLeaf): boolean {
  if (!isApplicable(draft, leaf)) return false
  const { path } = leaf
  const kind = String(draft['objective.kind'])
  const hasFile = draft['data.eval.path'] !== undefined
  const isHeldOut = !hasFile && Number(draft['data.holdOut'] ?? 0) > 0
  const hasEvaluation = hasFile || isHeldOut
  const isSft = kind === 'sft'
  if (kind === 'collect' && OF_TRAINING.test(path)) return false
  if (OF_NEW_ADAPTER.includes(path)) return draft['adaptation.from@lora'] === undefined
  if (path === 'data.holdOut') return !hasFile
  if (path === 'data.holdOutSeed') return isHeldOut
  if (path === 'evaluation.probes') return String(draft['evaluation.probeRows'] ?? '').trim() === ''
  if (path === 'evaluation.probeRows') return true
  if (path.startsWith('evaluation.')) return hasEvaluation
  if (path === 'checkpoint.keepBest') return hasEvaluation
  if (path.startsWith('verifier.')) return !isSft || hasEvaluation
  if (DECODED.includes(path)) return !isSft || hasEvaluation
  if (SAMPLED.includes(path)) return !isSft
  if (path === 'rollout.engines') return !isSft
  if (OF_SERVERS.test(path)) {
    const isServed = !isSft && (currentValue(draft, 'rollout.engines') as readonly string[] | undefined)?.length
    return Boolean(isServed) && (!path.startsWith('rollout.offPolicy') || learnsFromRewards(kind))
  }
  if (OF_CRITIC.includes(path)) return currentValue(draft, 'objective.baseline@ppo') !== 'group'
  if (!path.startsWith('gpo.')) return true
  if (path === 'gpo.maxPairAttempts') return isPairwise(kind)
  if (isSft) return false
  if (path === 'gpo.criticalStep') return true
  if (path === 'gpo.decided' && currentValue(draft, 'gpo.when') !== 'decided') return false
  if (path === 'gpo.startMix' && currentValue(draft, 'gpo.when') === 'decided') return false
  if (path === 'gpo.mode' && kind !== 'ppo') return false
  const splitter = OF_SPLITTER[path]
  const isSplit = splitter === undefined || currentValue(draft, 'gpo.segmentation.splitter') === splitter
  return isSplit && currentValue(draft, 'gpo.criticalStep') !== 'none'
}
