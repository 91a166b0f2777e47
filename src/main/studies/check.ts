/** A study before it begins: every combination against its model and data, all problems at once, and an estimate of its time. */
import { checkedPlan, factReport } from '@main/library/plans/check'
import { ratesForPlan } from '@main/runs/rates'
import type { Store } from '@main/store/query'
import type { StudyReport } from '@shared/contract/studies'
import { GpoError } from '@shared/errors'
import { checkPlan } from '@shared/plan/checks'
import { timeEstimate } from '@shared/plan/cost-estimate'
import { isOffline, type PlanFacts } from '@shared/plan/facts'
import type { PlanIssue } from '@shared/plan/issue'
import type { Plan } from '@shared/schemas/plan'
import type { Study } from '@shared/schemas/study'
import { type Combination, combinationsOf } from '@shared/study/cells'
import { studyProblems } from '@shared/study/check'
import type { StudyProblem } from '@shared/study/problem'

/** Estimated seconds of a run; null if no run like it was measured. */
function secondsOf(store: Store, plan: Plan, facts: PlanFacts): number | null {
  const measured = ratesForPlan(store, plan, isOffline(plan, facts.train))
  return measured ? timeEstimate(plan, measured.rates, facts.evaluation?.rows ?? null).total : null
}

interface Looked {
  readonly combination: Combination
  readonly issues: readonly PlanIssue[]
  readonly seconds: number | null
}

async function lookAt(store: Store, combinations: readonly Combination[], isFromWindow: boolean): Promise<Looked[]> {
  const looked: Looked[] = []
  for (const combination of combinations) {
    const { plan } = combination
    if (!plan) continue
    const { issues, facts } = await (isFromWindow ? checkedPlan(store, plan) : factReport(store, plan))
    looked.push({
      combination,
      issues: [...checkPlan(plan).filter(({ severity }) => severity === 'warning'), ...issues],
      seconds: facts ? secondsOf(store, plan, facts) : null,
    })
  }
  return looked
}

/** What several combinations have in common is said once, with the arms it concerns unless it concerns all. */
function sentencesOf(looked: readonly Looked[], severity: PlanIssue['severity']): StudyProblem[] {
  const found = new Map<string, { readonly issue: PlanIssue; readonly arms: Set<string> }>()
  for (const { combination, issues } of looked)
    for (const issue of issues.filter((one) => one.severity === severity)) {
      const key = `${issue.path}: ${issue.message}`
      const entry = found.get(key) ?? { issue, arms: new Set() }
      entry.arms.add(combination.arm.name)
      found.set(key, entry)
    }
  const all = new Set(looked.map(({ combination }) => combination.arm.name)).size
  return [...found].map(([text, { issue, arms }]) =>
    arms.size === all
      ? { at: `plan.${issue.path}`, message: text }
      : { at: `arms.${[...arms][0]}`, message: `${[...arms].map((arm) => JSON.stringify(arm)).join(', ')}: ${text}` },
  )
}

/** @param isFromWindow whether its paths must be in the library */
export async function checkStudy(store: Store, study: Study, isFromWindow: boolean): Promise<StudyReport> {
  const problems = studyProblems(study)
  const isWhole = !problems.some(({ at }) => at === 'arms' || at === 'tasks')
  const looked = isWhole ? await lookAt(store, combinationsOf(study), isFromWindow) : []
  const seconds = looked.map((one) => one.seconds)
  const isKnown = seconds.length > 0 && seconds.every((one) => one !== null)
  return {
    problems: [...problems, ...sentencesOf(looked, 'error')],
    warnings: sentencesOf(looked, 'warning').map(({ message }) => message),
    runs: study.tasks.length * study.arms.length * study.seeds.length,
    seconds: isKnown ? study.seeds.length * seconds.reduce((sum, one) => sum + (one ?? 0), 0) : null,
  }
}

/** @throws {GpoError} 'plan' naming every problem */
export function refuseProblems({ problems }: StudyReport): void {
  if (problems.length === 0) return
  const list = problems.map(({ at, message }) => `\n  ${at}: ${message}`).join('')
  const many = problems.length === 1 ? '1 problem' : `${problems.length} problems`
  throw new GpoError('plan', `the study cannot be started: ${many}${list}`)
}
