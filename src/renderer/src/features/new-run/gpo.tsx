/** GPO: the switch, its settings, and a preview of the steps of a text from the data. */
import { Box, Group, Switch, Text } from '@mantine/core'
import { currentValue } from '@shared/plan/draft'
import { useState } from 'react'
import { usePlanForm } from './form'
import classes from './new-run.module.css'
import { SettingGroup } from './section'
import { StepsPreviewPanel } from './steps-preview'

const RULE = 'gpo.criticalStep'

export function GpoSwitch() {
  const { draft, set } = usePlanForm()
  const rule = String(currentValue(draft, RULE))
  const [last, setLast] = useState('max')
  const isSft = draft['objective.kind'] === 'sft'
  const isOn = rule !== 'none' && !isSft
  const toggle = (isWanted: boolean) => {
    if (!isWanted) setLast(rule)
    set(RULE, isWanted ? last : 'none')
  }
  return (
    <Box className={classes.gpo} id={isOn ? undefined : 'setting-gpo-criticalStep'}>
      <Group justify="space-between" wrap="nowrap" gap="lg" align="flex-start">
        <Switch
          checked={isOn}
          disabled={isSft}
          onChange={(event) => toggle(event.currentTarget.checked)}
          label={
            <Text span fw={600}>
              Guided Pivotal Optimization
            </Text>
          }
          description={
            isSft
              ? 'SFT samples no trajectories, so there is no critical step.'
              : 'Finds each trajectory’s critical step by Monte Carlo, resets to it and learns from there.'
          }
        />
      </Group>
      {isOn && <GpoSettings />}
    </Box>
  )
}

function GpoSettings() {
  return (
    <>
      <Box mt="sm">
        <SettingGroup name="GPO" hasTitle={false} />
      </Box>
      <SettingGroup name="Steps" />
      <StepsPreviewPanel />
    </>
  )
}
