/**
 * From a run's plan to verl (names as in 0.6): GRPO and PPO with rollouts of its own. What has no counterpart is said in a comment, never left out silently.
 * Pure.
 */
import { basename, dirname } from 'node:path'
import { isGuided } from '@shared/method/guided'
import { word } from './next-steps'
import { type ConfigSource, header, type TrainerConfig, targetModules } from './trainer-config'
import { comment, type Entry, yamlOf } from './yaml'

function actorOf({ plan }: ConfigSource): Entry[] {
  const { objective, optimiser, budget, rollout } = plan
  const isPpo = objective.kind === 'ppo'
  if (!isPpo && objective.kind !== 'grpo') return []
  const { clip, epochs, minibatches, kl } = objective
  const usesKlLoss = !isPpo && kl > 0
  return [
    comment('Counted in prompts; the rollouts of a prompt stay together.'),
    { ppo_mini_batch_size: Math.max(1, Math.ceil(budget.promptsPerIteration / minibatches)), ppo_epochs: epochs },
    { use_dynamic_bsz: true, ppo_max_token_len_per_gpu: Math.max(budget.microbatchTokens, 2 * rollout.maxNewTokens) },
    {
      clip_ratio: clip,
      clip_ratio_low: clip,
      clip_ratio_high: clip,
      loss_agg_mode: isPpo ? 'token-mean' : 'seq-mean-token-mean',
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
      },
    },
    ...(optimiser.schedule === 'constant'
      ? []
      : [
          comment(
            `Schedule ${optimiser.schedule}: verl calls it warmup_style or lr_scheduler_type, by version, and knows constant and cosine.`,
          ),
        ]),
  ]
}

function verlAlgorithm({ plan }: ConfigSource): Entry[] {
  const { objective } = plan
  if (objective.kind === 'ppo') {
    const { gamma, lambda, kl, whitenAdvantages } = objective
    return [
      {
        adv_estimator: 'gae',
        gamma,
        lam: lambda,
        use_kl_in_reward: kl > 0,
        kl_penalty: 'kl',
        kl_ctrl: { type: 'fixed', kl_coef: kl },
      },
      ...(whitenAdvantages ? [] : [comment('The run did not whiten advantages; verl does.')]),
    ]
  }
  if (objective.kind !== 'grpo') return []
  return [
    { adv_estimator: 'grpo', norm_adv_by_std_in_grpo: true, use_kl_in_reward: false },
    comment(`objective.epsilon ${objective.epsilon}: verl adds 1e-6 to the deviation of a group.`),
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
    ...(lost ? [comment('Dropout of adapters and the scale by the root of the rank: verl has neither.')] : []),
  ]
}

export function verlConfig(source: ConfigSource): TrainerConfig {
  const { plan, run, context } = source
  const { objective, rollout, budget, evaluation, checkpoint, data } = plan
  const isPpo = objective.kind === 'ppo'
  const everyOr = (n: number) => (n > 0 ? n : -1)
  return {
    suffix: '.verl.yaml',
    text: `Go on with ${objective.kind.toUpperCase()} in verl; what is marked ??? in it needs an answer first`,
    command: (file) =>
      `python3 -m verl.trainer.main_ppo --config-path ${word(dirname(file))} --config-name ${word(basename(file, '.yaml'))}`,
    content: yamlOf([
      ...header(source, `${objective.kind.toUpperCase()} with verl`),
      comment('Where it says ???, verl asks for a value.'),
      { hydra: { searchpath: ['pkg://verl.trainer.config'] }, defaults: ['ppo_trainer', '_self_'] },
      {
        data: [
          comment(
            `verl reads Parquet: a column prompt (a list of messages), data_source, and reward_model.ground_truth. Made from ${data.train.path}${data.eval ? ` and ${data.eval.path}` : ''}.`,
          ),
          { train_files: '???', val_files: '???', train_batch_size: budget.promptsPerIteration },
          {
            max_prompt_length: context === null ? undefined : Math.max(1, context - rollout.maxNewTokens),
            max_response_length: rollout.maxNewTokens,
          },
          { shuffle: true, truncation: 'error' },
          ...(data.chatTemplate ? [] : [comment('The run did not use the chat template; verl always does.')]),
        ],
        custom_reward_function: [
          comment(
            `compute_score(data_source, solution_str, ground_truth, extra_info=None): the verifier here was ${JSON.stringify(plan.verifier)}.`,
          ),
          { path: '???', name: 'compute_score' },
        ],
        algorithm: verlAlgorithm(source),
        actor_rollout_ref: [
          { model: verlModel(source), actor: actorOf(source) },
          {
            rollout: [
              {
                name: 'vllm',
                n: budget.trainedPerPrompt,
                temperature: rollout.temperature,
                top_p: rollout.topP,
              },
              { top_k: rollout.topK > 0 ? rollout.topK : -1, tensor_model_parallel_size: 1 },
            ],
          },
        ],
        ...(isPpo
          ? {
              critic: [
                comment(
                  `Here the value function is a layer on the policy (weight ${objective.valueCoefficient}); there it is a model of its own.`,
                ),
                { model: { path: source.base }, cliprange_value: objective.valueClip, ppo_epochs: objective.epochs },
              ],
            }
          : {}),
        trainer: {
          total_training_steps: budget.iterations,
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
              'Without a counterpart: gpo.*. verl samples every rollout from the prompt; critical steps and resets to them are not there.',
            ),
          ]),
      comment(
        `optimiser.beta1 ${plan.optimiser.beta1}, beta2 ${plan.optimiser.beta2}, epsilon ${plan.optimiser.epsilon}: named differently by version, left at verl's.`,
      ),
    ]),
  }
}
