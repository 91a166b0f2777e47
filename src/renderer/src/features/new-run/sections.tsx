/** The four sections: model, data, method, budget. */
import { Box, Stack } from '@mantine/core'
import { describedById } from '@shared/plan/fields'
import { usePlanForm } from './form'
import { GpoSwitch } from './gpo'
import classes from './new-run.module.css'
import { ObjectiveCards } from './objectives'
import { AdapterPicker, EvaluationPicker, ModelPicker, TrainPicker } from './pickers'
import { Section, SettingGroup, useVisible } from './section'
import { Setting } from './setting'

export function Sections() {
  return (
    <Stack gap="md">
      <ModelSection />
      <DataSection />
      <MethodSection />
      <BudgetSection />
    </Stack>
  )
}

function ModelSection() {
  const { draft, models } = usePlanForm()
  const isVisible = useVisible()
  const adapter = describedById('adaptation.from@lora')
  const hasAdapters = models.some(({ kind }) => kind === 'adapter') || draft[adapter.leaf.id] !== undefined
  return (
    <Section id="model" title="Model" text="the model, and which of its weights are trained">
      <SettingGroup name="Model" hasTitle={false} without={['model.path', 'adaptation.from']}>
        <Setting setting={describedById('model.path')} isWide>
          {(ids) => <ModelPicker setting={describedById('model.path')} ids={ids} />}
        </Setting>
        {(hasAdapters || isVisible(adapter)) && (
          <Setting setting={adapter} isWide>
            {(ids) => <AdapterPicker setting={adapter} ids={ids} />}
          </Setting>
        )}
      </SettingGroup>
    </Section>
  )
}

function DataSection() {
  return (
    <Section id="data" title="Data" text="the prompts, and how answers are judged">
      <Box className={classes.halves}>
        <Setting setting={describedById('data.train.path')}>
          {(ids) => <TrainPicker setting={describedById('data.train.path')} ids={ids} />}
        </Setting>
        <Setting setting={describedById('data.eval.path')}>
          {(ids) => <EvaluationPicker setting={describedById('data.eval.path')} ids={ids} />}
        </Setting>
      </Box>
      <SettingGroup name="Data" hasTitle={false} without={['data.train.path', 'data.eval.path']} />
      <SettingGroup name="Prompt" />
      <SettingGroup name="Verifier" />
    </Section>
  )
}

function MethodSection() {
  const { draft } = usePlanForm()
  const isGuided = draft['gpo.criticalStep'] !== 'none'
  const isVisible = useVisible()
  const attempts = describedById('gpo.maxPairAttempts')
  return (
    <Section id="method" title="Method" text="how the model learns from its answers">
      <GpoSwitch />
      <ObjectiveCards />
      <SettingGroup name="Objective" hasTitle={false} without={['objective.kind']}>
        {!isGuided && isVisible(attempts) && <Setting setting={attempts} />}
      </SettingGroup>
      <SettingGroup name="Optimiser" />
      <SettingGroup name="Sampling" />
      <SettingGroup name="Sampling servers" />
    </Section>
  )
}

function BudgetSection() {
  return (
    <Section id="budget" title="Budget" text="how much is sampled, trained and evaluated">
      <SettingGroup name="Budget" hasTitle={false} />
      <SettingGroup name="Evaluation" />
      <SettingGroup name="Speed and memory" />
      <SettingGroup name="Checkpoints" />
      <Box>
        <SettingGroup name="Run" />
      </Box>
    </Section>
  )
}
