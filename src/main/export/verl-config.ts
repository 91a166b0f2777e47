/**
 * From a run's plan to verl (names as in 0.9): GRPO and PPO, for which verl samples its own rollouts. A setting without a counterpart is named in
 * a comment, never left out silently. Pure.
 */
import { basename, dirname } from 'node:path'
import { isGuided } from '@shared/method/guided'
import type { Plan } from '@shared/schemas/plan'
import { shellWord } from '@shared/shell-word'
import { comment, type Entry, mapOf, yamlOf } from './commented-yaml'
import { type ConfigSource, header, type TrainerConfig, targetModules } from './trainer-config'

type Online = Extract<Plan['objective'], { kind: 'ppo' | 'grpo' | 'rloo' }>

/** verl's name for how the loss is averaged. */
function aggregation(objective: Online): string {
  if (objective.kind === 'ppo') return 'token-mean'
  if (objective.kind === 'rloo') return 'seq-mean-token-sum'
  return { rollout: 'seq-mean-token-mean', token: 'token-mean', constant: 'seq-mean-token-sum-norm' }[objective.average]
}

function actorOf({ plan }: ConfigSource): Entry[] {
  const { objective, optimiser, budget, rollout } = plan
  if (objective.kind !== 'ppo' && objective.kind !== 'grpo' && objective.kind !== 'rloo') return []
  const { clip, epochs, minibatches, kl } = objective
  const usesKlLoss = objective.kind === 'grpo' && kl > 0
  return [
    comment('Counted in prompts; all rollouts of a prompt are in one minibatch.'),
    { ppo_mini_batch_size: Math.max(1, Math.ceil(budget.promptsPerIteration / minibatches)), ppo_epochs: epochs },
    { use_dynamic_bsz: true, ppo_max_token_len_per_gpu: Math.max(budget.microbatchTokens, 2 * rollout.maxNewTokens) },
    {
      clip_ratio: clip,
      clip_ratio_low: clip,
      clip_ratio_high: objective.kind === 'grpo' ? objective.clipHigh : clip,
      loss_agg_mode: aggregation(objective),
      entropy_coeff: 0,
    },
    { use_kl_loss: usesKlLoss, ...(usesKlLoss ? { kl_loss_coef: kl, kl_loss_type: 'low_var_kl' } : {}) },
    ...(optimiser.maxGradNorm === 0
      ? [comment('The run did not clip; verl always does.'), { grad_clip: 1e6 }]
      : [{ grad_clip: optimiser.maxGradNorm }]),
    {
      optim: {
        lr: optimiser.learningRate,
        lr_warmup_steps: optimiser.warmupSteps,
        weight_decay: optimiser.weightDecay,
        betas: [optimiser.beta1, optimiser.beta2],
        lr_scheduler_type: optimiser.schedule === 'constant' ? 'constant' : 'cosine',
        override_optimizer_config: { eps: optimiser.epsilon },
      },
    },
    ...(optimiser.schedule === 'linear' ? [comment('Schedule linear: verl knows constant and cosine.')] : []),
  ]
}

function verlAlgorithm({ plan }: ConfigSource): Entry[] {
  const { objective } = plan
  if (objective.kind === 'ppo') {
    const { gamma, lambda, kl, whitenAdvantages } = objective
    return [
      {
        adv_estimator: objective.baseline === 'group' ? 'rloo' : 'gae',
        gamma,
        lam: lambda,
        use_kl_in_reward: kl > 0,
        kl_penalty: 'kl',
        kl_ctrl: { type: 'fixed', kl_coef: kl },
      },
      ...(whitenAdvantages ? [] : [comment('The run did not whiten advantages; verl does.')]),
    ]
  }
  if (objective.kind === 'rloo') {
    const { kl } = objective
    return [
      {
        adv_estimator: 'rloo',
        use_kl_in_reward: kl > 0,
        ...(kl > 0 ? { kl_penalty: 'kl', kl_ctrl: { type: 'fixed', kl_coef: kl } } : {}),
      },
    ]
  }
  if (objective.kind !== 'grpo') return []
  return [
    { adv_estimator: 'grpo', norm_adv_by_std_in_grpo: objective.scaleRewards === 'group', use_kl_in_reward: false },
    ...(objective.scaleRewards === 'batch'
      ? [comment('objective.scaleRewards batch: verl divides by the deviation of the group or by nothing.')]
      : []),
    comment(`objective.epsilon ${objective.epsilon}: verl adds 1e-6 to a group's standard deviation.`),
  ]
}

function verlModel(source: ConfigSource): Entry[] {
  const { plan, base } = source
  const { adaptation, budget } = plan
  const lora =
    adaptation.kind === 'lora'
      ? {
          lora_rank: adaptation.r,
          lora_alpha: adaptation.alpha,
          target_modules: targetModules(adaptation.targets, source),
        }
      : {}
  const lost = adaptation.kind === 'lora' && (adaptation.rslora || adaptation.dropout > 0)
  return [
    { path: base, enable_gradient_checkpointing: budget.recomputeLayers, ...lora },
    ...(plan.data.chatTemplate
      ? []
      : [
          comment(
            'The run used no chat template; verl always does: this one is the text as it is. It adds no start token; put {{ bos_token }} first where the tokenizer does.',
          ),
          { custom_chat_template: PLAIN },
        ]),
    ...(lost ? [comment('The run used adapter dropout or rank-stabilised scaling, which verl does not have.')] : []),
  ]
}

/** Where the data and the reward are; relative to the folder that verl is started in. */
interface VerlFiles {
  readonly train: string
  readonly evaluation: string
  /** A Python file with `compute_score`. */
  readonly reward: string
}

/** verl renders every prompt with a chat template; this one is the text as it is. */
const PLAIN = "{% for message in messages %}{{ message['content'] }}{% endfor %}"

/** @param files absent: the person makes them, and the file says what is missing */
export function verlConfig(source: ConfigSource, files?: VerlFiles): TrainerConfig {
  const { plan, run, context } = source
  const { objective, rollout, budget, evaluation, checkpoint, data } = plan
  const everyOr = (n: number) => (n > 0 ? n : -1)
  return {
    suffix: '.verl.yaml',
    text: `Continue with ${objective.kind.toUpperCase()} in verl${files ? '' : '; first replace every ??? in the file'}`,
    command: (file) =>
      `python3 -m verl.trainer.main_ppo --config-path ${shellWord(dirname(file))} --config-name ${shellWord(basename(file, '.yaml'))}`,
    content: yamlOf([
      ...header(source, `${objective.kind.toUpperCase()} with verl`),
      ...(files ? [] : [comment('Replace every ??? with a value.')]),
      { hydra: { searchpath: ['pkg://verl.trainer.config'] }, defaults: ['ppo_trainer', '_self_'] },
      {
        data: mapOf([
          comment(
            `verl reads JSON Lines and Parquet: a column prompt (a list of messages), data_source, and reward_model.ground_truth. Made from ${data.train.path}${data.eval ? ` and ${data.eval.path}` : ''}.`,
          ),
          {
            train_files: files?.train ?? '???',
            val_files: files?.evaluation ?? '???',
            train_batch_size: budget.promptsPerIteration,
          },
          {
            max_prompt_length: context === null ? undefined : Math.max(1, context - rollout.maxNewTokens),
            max_response_length: rollout.maxNewTokens,
          },
          { shuffle: true, truncation: 'error' },
        ]),
        reward: {
          custom_reward_function: mapOf([
            comment(
              `compute_score(data_source, solution_str, ground_truth, extra_info=None): the verifier here was ${JSON.stringify(plan.verifier)}.`,
            ),
            { path: files?.reward ?? '???', name: 'compute_score' },
          ]),
        },
        algorithm: mapOf(verlAlgorithm(source)),
        actor_rollout_ref: {
          model: mapOf(verlModel(source)),
          actor: mapOf(actorOf(source)),
          rollout: {
            name: 'vllm',
            n: budget.trainedPerPrompt,
            temperature: rollout.temperature,
            top_p: rollout.topP,
            top_k: rollout.topK > 0 ? rollout.topK : -1,
            tensor_model_parallel_size: 1,
          },
        },
        ...(objective.kind === 'ppo' && objective.baseline === 'critic'
          ? {
              critic: mapOf([
                comment(
                  `In the run the value function was a layer on the policy (weight ${objective.valueCoefficient}); in verl it is a separate model.`,
                ),
                { model: { path: source.base }, cliprange_value: objective.valueClip, ppo_epochs: objective.epochs },
              ]),
            }
          : {}),
        trainer: {
          total_training_steps: budget.iterations,
          nnodes: 1,
          n_gpus_per_node: 1,
          test_freq: everyOr(evaluation.everyIterations),
          save_freq: checkpoint.everyIterations,
          project_name: 'gpo-studio',
          experiment_name: run,
          logger: ['console'],
        },
      },
      ...(!isGuided(plan)
        ? []
        : [
            comment(
              'gpo.* has no counterpart: verl samples every rollout from the prompt and knows no critical steps.',
            ),
          ]),
    ]),
  }
}
