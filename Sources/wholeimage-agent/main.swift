// SPDX-License-Identifier: Apache-2.0

internal import AgentCommands

AgentCommand.runToExit()
