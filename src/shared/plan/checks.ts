/** Problems that can be found in the plan alone. Pure; the schema has checked every setting by itself. */
import { hasCritic, isGuided, isTraining, learnsFromRewards } from '../method/guided'
import { isPairwise } from '../method/offline'
import { passesOf, stepsPerIteration } from '../method/optimiser-steps'
import { searchProblem } from '../method/search'
import type { Plan } from '../schemas/plan'
import { isEvaluated } from './evaluated'
import { issue, type PlanIssue } from './issue'
import { keepsReference } from './memory-estimate'

type Check = (plan: Plan) => readonly (PlanIssue | false)[]

const isOnPolicy = ({ objective }: Plan) => learnsFromRewards(objective.kind)
/** True where rewards are compared within a group, so that a group needs two rollouts. */
const comparesGroups = (plan: Plan) => isOnPolicy(plan) && !hasCritic(plan)
const isSft = ({ objective }: Plan) => objective.kind === 'sft'
const count = (n: number) => n.toLocaleString('en-US')

const objective: Check = (plan) => {
  const { trainedPerPrompt: group, promptsPerIteration: prompts } = plan.budget
  const { kind } = plan.objective
  const epochs = passesOf(plan)
  const minibatches = 'minibatches' in plan.objective ? plan.objective.minibatches : 1
  const units = prompts * group
  return [
    comparesGroups(plan) &&
      group < 2 &&
      issue(
        'error',
        'budget.trainedPerPrompt',
        'A group of one is always average, so there is no signal: take 4 or more.',
      ),
    comparesGroups(plan) &&
      group >= 2 &&
      group < 4 &&
      issue('hint', 'budget.trainedPerPrompt', `In a group of ${group} rewards are often all equal: 8 is usual.`),
    hasCritic(plan) &&
      isGuided(plan) &&
      group < 2 &&
      issue(
        'warning',
        'budget.trainedPerPrompt',
        'With 1, only the trajectory itself is trained and no rollout from its critical step: take 2 or more.',
      ),
    minibatches > units &&
      issue(
        'warning',
        'objective.minibatches',
        `${count(minibatches)} steps share ${count(units)} rollouts or pairs: at most that many steps are done.`,
      ),
    epochs > 8 &&
      isOnPolicy(plan) &&
      issue('warning', 'objective.epochs', 'After 8 passes rollouts are stale: probability ratios are clipped away.'),
    kind === 'simpo' &&
      plan.objective.beta < 1 &&
      issue('hint', 'objective.beta', 'SimPO’s β scales per-token log-probabilities: 2 to 10 is usual.'),
    (kind === 'dpo' || kind === 'kto') &&
      plan.objective.beta > 1 &&
      issue('hint', 'objective.beta', 'Above 1 the policy hardly moves: 0.01 to 0.5 is usual.'),
    keepsReference(plan) &&
      issue(
        'hint',
        learnsFromRewards(kind) ? 'objective.kl' : 'adaptation.kind',
        'With all parameters trained, the reference is a second copy of the model in memory; LoRA needs none.',
      ),
  ]
}

const guidance: Check = (plan) => {
  const { gpo, budget } = plan
  const isPairs = isPairwise(plan.objective.kind)
  const needed = 2 * budget.trainedPerPrompt
  const isOff = !isGuided(plan)
  const badSearch = searchProblem(gpo.search, gpo.criticalStep)
  return [
    isOff &&
      gpo.samples !== 4 &&
      issue('hint', 'gpo.samples', 'Has no effect: this run does not use GPO, so no values are estimated.'),
    isOff &&
      !isPairs &&
      gpo.reuseRollouts === false &&
      issue('hint', 'gpo.reuseRollouts', 'Has no effect without GPO.'),
    !isOff &&
      gpo.samples < 3 &&
      gpo.trainOn !== 'all' &&
      issue(
        'warning',
        'gpo.samples',
        `Values from ${gpo.samples} are mostly noise, and so is the critical step: 4 or more.`,
      ),
    !isOff && badSearch !== null && issue('error', 'gpo.search', badSearch),
    !isOff &&
      gpo.trainOn === 'all' &&
      hasCritic(plan) &&
      issue(
        'error',
        'gpo.trainOn',
        'Training on all continuations compares them with each other: take the other rollouts of the group as the baseline.',
      ),
    !isOff &&
      gpo.mode === 'repair' &&
      !hasCritic(plan) &&
      issue(
        'error',
        'gpo.mode',
        'Repair makes most rollouts of a group succeed, so that a group has nothing to compare: it needs PPO with the value function as the baseline.',
      ),
    !isOff &&
      gpo.mode === 'repair' &&
      issue('warning', 'gpo.mode', 'Repair is biased towards what it filtered; it is for replication.'),
    !isOff &&
      gpo.mode === 'repair' &&
      gpo.when === 'decided' &&
      issue('hint', 'gpo.when', 'Has no effect: repair replaces every failed rollout.'),
    !isOff &&
      gpo.when === 'decided' &&
      gpo.startMix > 0 &&
      issue(
        'hint',
        'gpo.startMix',
        'Has no effect where only decided prompts are guided: all rollouts start at the prompt first.',
      ),
    !isOff &&
      hasCritic(plan) &&
      gpo.criticalStep !== 'random' &&
      gpo.reuseRollouts &&
      issue(
        'hint',
        'gpo.reuseRollouts',
        'Has no effect with a value function as the baseline: it would learn from continuations that were chosen by their outcome.',
      ),
    !isOff && gpo.samples > 16 && issue('hint', 'gpo.samples', 'Accuracy stays the same from 12 on; time does not.'),
    isPairs &&
      gpo.maxPairAttempts < needed &&
      issue(
        'error',
        'gpo.maxPairAttempts',
        `${budget.trainedPerPrompt} pairs need ${needed} rollouts at least, half of them correct: allow ${needed} or more.`,
      ),
  ]
}

function patternProblem(pattern: string, flags: string): string | null {
  try {
    new RegExp(pattern, flags)
    return null
  } catch (error) {
    return `It is not a regular expression: ${(error as SyntaxError).message}.`
  }
}

const steps: Check = (plan) => {
  if (!isGuided(plan)) return []
  const { splitter, minStepTokens, maxSteps, windowTokens, pattern } = plan.gpo.segmentation
  const { maxNewTokens } = plan.rollout
  const broken = splitter === 'regex' ? patternProblem(pattern, 'gu') : null
  const one = 'every trajectory is a single step, so there is none to choose'
  return [
    broken !== null && issue('error', 'gpo.segmentation.pattern', broken),
    minStepTokens > maxNewTokens / 2 &&
      issue(
        'warning',
        'gpo.segmentation.minStepTokens',
        `Steps of ${minStepTokens} tokens in completions of at most ${maxNewTokens}: ${one}.`,
      ),
    maxSteps === 1 && issue('warning', 'gpo.segmentation.maxSteps', `With 1, ${one}.`),
    splitter === 'window' &&
      windowTokens < minStepTokens &&
      issue(
        'warning',
        'gpo.segmentation.windowTokens',
        `Windows of ${windowTokens} tokens are merged up to the shortest step, ${minStepTokens}.`,
      ),
  ]
}

const data: Check = ({ data, verifier, objective }) => {
  const { train, eval: evaluation, template, holdOut } = data
  const broken = verifier.kind === 'regex' ? patternProblem(verifier.pattern, verifier.flags) : null
  return [
    !template.includes('{prompt}') &&
      issue(
        'error',
        'data.template',
        'Without {prompt} every row asks the same: put it where the row’s prompt belongs.',
      ),
    evaluation?.path === train.path &&
      evaluation.part === train.part &&
      issue(
        'warning',
        'data.eval.path',
        'These rows are trained on: accuracy will look better than it is. Choose other rows.',
      ),
    !evaluation &&
      holdOut === 0 &&
      isTraining({ objective }) &&
      issue('hint', 'data.eval.path', 'Without it, or a held-out part, there is no accuracy and no best checkpoint.'),
    broken !== null && objective.kind !== 'sft' && issue('error', 'verifier.pattern', broken),
  ]
}

const sampling: Check = (plan) => {
  if (isSft(plan)) return []
  const { topP, topK, temperature, lanes } = plan.rollout
  const biased = 'biases the probability ratio, which assumes the whole distribution'
  return [
    isOnPolicy(plan) && topP < 1 && issue('warning', 'rollout.topP', `Below 1 it ${biased}: 1 for PPO and GRPO.`),
    isOnPolicy(plan) && topK > 0 && issue('warning', 'rollout.topK', `Above 0 it ${biased}: 0 for PPO and GRPO.`),
    temperature < 0.4 &&
      issue('warning', 'rollout.temperature', 'Rollouts hardly differ, so rewards of a group are equal: 0.7 to 1.'),
    temperature > 1.5 && issue('warning', 'rollout.temperature', 'Most rollouts become nonsense: 0.7 to 1.'),
    lanes < 8 && issue('hint', 'rollout.lanes', 'At least 8 are used.'),
  ]
}

const servers: Check = (plan) => {
  const { engines, topP, topK, offPolicy } = plan.rollout
  if (engines.length === 0 || isSft(plan)) return []
  return [
    plan.adaptation.kind === 'full' &&
      issue(
        'error',
        'rollout.engines',
        'Servers load an adapter after each update and cannot be given all weights: take LoRA, or sample here.',
      ),
    isOnPolicy(plan) &&
      (topP < 1 || topK > 0) &&
      issue(
        'error',
        topP < 1 ? 'rollout.topP' : 'rollout.topK',
        'Servers give the probabilities of what is left after truncation, which cannot be compared with the trainer’s: switch it off.',
      ),
    isOnPolicy(plan) &&
      offPolicy === 'none' &&
      issue(
        'warning',
        'rollout.offPolicy',
        'Without a correction, differences between servers and trainer bias every gradient: correct by token.',
      ),
  ]
}

/** Optimiser steps of the whole plan. */
export const optimiserSteps = (plan: Plan): number =>
  isTraining(plan) ? plan.budget.iterations * stepsPerIteration(plan) : 0

const optimiser: Check = (plan) => {
  const { learningRate: rate, warmupSteps, weightDecay } = plan.optimiser
  const total = optimiserSteps(plan)
  const isLora = plan.adaptation.kind === 'lora'
  return [
    rate === 0 && issue('warning', 'optimiser.learningRate', 'At 0 no parameter changes.'),
    rate > (isLora ? 5e-3 : 1e-3) &&
      issue(
        'warning',
        'optimiser.learningRate',
        `${rate} is far above what works: ${isLora ? '1e-5 to 3e-4 with LoRA' : '1e-6 to 2e-4 with all parameters'}.`,
      ),
    isLora &&
      rate > 0 &&
      rate < 3e-6 &&
      issue(
        'hint',
        'optimiser.learningRate',
        'Low for LoRA, which usually wants 10 to 100 times as much: 1e-5 to 3e-4.',
      ),
    warmupSteps >= total &&
      issue(
        'warning',
        'optimiser.warmupSteps',
        `The run has ${count(total)} optimiser steps: the learning rate never reaches its peak.`,
      ),
    weightDecay > 0.3 && issue('warning', 'optimiser.weightDecay', 'Above 0.3 the weights shrink visibly: 0 to 0.1.'),
  ]
}

const adaptation: Check = (plan) => {
  const { adaptation } = plan
  if (adaptation.kind === 'full') return []
  const { alpha, r, rslora, dropout } = adaptation
  const scale = alpha / (rslora ? Math.sqrt(r) : r)
  const name = rslora ? 'α / √r' : 'α / r'
  return [
    (scale > 8 || scale < 0.25) &&
      issue('warning', 'adaptation.alpha', `${name} is ${Number(scale.toPrecision(2))}; 1 to 2 is usual.`),
    dropout > 0 &&
      isOnPolicy(plan) &&
      issue(
        'warning',
        'adaptation.dropout',
        'Rollouts are sampled without it, so probability ratios are noise around 1 and some are clipped: 0 for PPO and GRPO.',
      ),
    dropout > 0.3 && issue('warning', 'adaptation.dropout', 'Above 0.3 the adapters hardly learn: 0 to 0.1 is usual.'),
  ]
}

const evaluation: Check = ({ data, evaluation, checkpoint, budget }) => [
  isEvaluated({ data }) &&
    evaluation.everyIterations > budget.iterations &&
    issue('hint', 'evaluation.everyIterations', 'Longer than the run: accuracy is measured before and after only.'),
  isEvaluated({ data }) &&
    evaluation.limit < 50 &&
    issue('hint', 'evaluation.limit', `With ${evaluation.limit} rows accuracy is known to ± 10 points or worse.`),
  evaluation.patience > 0 &&
    (!isEvaluated({ data }) || evaluation.everyIterations === 0) &&
    issue(
      'warning',
      'evaluation.patience',
      'Nothing is evaluated during the run, so it never stops early: choose evaluation data and how often.',
    ),
  checkpoint.everyIterations > budget.iterations &&
    checkpoint.everyMinutes === 0 &&
    issue('hint', 'checkpoint.everyIterations', 'Longer than the run: after a crash the run starts over.'),
]

/** The checks of what only training asks. */
const whileTraining =
  (check: Check): Check =>
  (plan) =>
    isTraining(plan) ? check(plan) : []

const CHECKS: readonly Check[] = [
  data,
  adaptation,
  objective,
  guidance,
  steps,
  sampling,
  servers,
  whileTraining(optimiser),
  whileTraining(evaluation),
]

/** In the order of the page. */
export const checkPlan = (plan: Plan): PlanIssue[] =>
  CHECKS.flatMap((check) => check(plan)).filter((found) => found !== false)
