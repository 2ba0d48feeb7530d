# SPDX-License-Identifier: Apache-2.0
<#
.SYNOPSIS
Captures what diskpart says of this server's disks and volumes, for wholeimage. It changes nothing.

.DESCRIPTION
Runs diskpart with san, list disk, list volume, and the details of each disk and volume, and keeps its bytes as they
are. Then asks for the network adapters, the switch of Remote Desktop, drivers, services and how far setup came. Uploads them to a collector, or leaves them in a file for: wholeimage-agent check --diskpart FILE
Run as administrator. Needs nothing beyond Windows Server 2012 R2 (PowerShell 4).

.EXAMPLE
.\capture-diskpart.ps1 -OutFile C:\capture.txt
.EXAMPLE
.\capture-diskpart.ps1 -Collector https://collector:8470 -TokenFile C:\ProgramData\wholeimage\token -Register
#>
param(
  # Where to leave the capture.
  [string] $OutFile = (Join-Path $env:TEMP 'wholeimage-diskpart.txt'),
  # Base URL of a collector to upload to.
  [string] $Collector,
  # A file that holds the collector's token; readable by administrators only.
  [string] $TokenFile,
  # The server's id in the cloud; without it the metadata service is asked.
  [string] $InstanceId,
  # Register a scheduled task that does the same every 30 minutes.
  [switch] $Register
)
$ErrorActionPreference = 'Stop'

# Runs diskpart on these lines and returns the path of its output, bytes as they are: only cmd redirects them so.
function Invoke-Diskpart([string[]] $Lines, [string] $Output) {
  $script = [IO.Path]::GetTempFileName()
  try {
    [IO.File]::WriteAllLines($script, $Lines, [Text.Encoding]::ASCII)
    cmd.exe /c "diskpart.exe /s `"$script`" > `"$Output`" 2>&1"
  } finally {
    Remove-Item $script
  }
}

# The numbers of the rows of a list, in any language: a word, a number, two blanks.
function Get-RowNumber([string] $Command) {
  $output = [IO.Path]::GetTempFileName()
  try {
    Invoke-Diskpart @($Command, 'exit') $output
    $text = [Text.Encoding]::GetEncoding(28591).GetString([IO.File]::ReadAllBytes($output))
    foreach ($line in $text -split "`r?`n") {
      if ($line -match '^[* ]*\S+ +(\d+)  +\S' -and $line -match ' \d+ \S') { ($line -replace '^[* ]*\S+ +(\d+).*$', '$1') }
    }
  } finally {
    Remove-Item $output
  }
  # One run of diskpart must be over before the next one begins.
  Start-Sleep -Seconds 15
}

# What diskpart is asked: nothing of it changes anything.
function Get-CaptureScript([string[]] $Disks, [string[]] $Volumes) {
  'san'
  'list disk'
  'list volume'
  foreach ($number in $Disks) {
    "select disk $number"
    'detail disk'
  }
  foreach ($number in $Volumes) {
    "select volume $number"
    'detail volume'
  }
  'exit'
}

# How many storage pools there are, which diskpart does not show.
function Get-PoolLine {
  try {
    $count = @(Get-StoragePool -IsPrimordial $false -ErrorAction Stop).Count
    "Get-StoragePool: $count"
  } catch {
    if ($_.CategoryInfo.Category -eq 'ObjectNotFound') { 'Get-StoragePool: 0' } else { 'Get-StoragePool: unavailable' }
  }
}

# The drivers and services that matter to a clone.
$services = 'viostor', 'vioscsi', 'netkvm', 'cloudbase-init', 'cloudResetPwdAgent', 'cloudResetPwdUpdateAgent'

# What else is asked: nothing of it changes anything, and none of the answers is needed.
function Get-Question {
  'reg query "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server" /v fDenyTSConnections'
  'reg query "HKLM\SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services" /v fDenyTSConnections'
  'reg query HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Setup\State /v ImageState'
  'reg query HKLM\SYSTEM\Setup\Status\SysprepStatus'
  foreach ($service in $services) {
    "sc query $service"
    "reg query HKLM\SYSTEM\CurrentControlSet\Services\$service /v Start"
  }
}

# Adds lines to the capture; the first of them says what was asked.
function Add-Line([string[]] $Lines, [string] $Output) {
  [IO.File]::AppendAllText($Output, "`r`nwholeimage> " + ($Lines -join "`r`n") + "`r`n", [Text.Encoding]::ASCII)
}

# The network adapters that have addresses, in words of ours: those of ipconfig are translated.
function Get-AdapterLine {
  'adapters'
  try {
    $adapters = @(Get-CimInstance Win32_NetworkAdapterConfiguration -Filter 'IPEnabled=TRUE' -ErrorAction Stop)
    "adapters: $($adapters.Count)"
    foreach ($adapter in $adapters) {
      $addresses = @($adapter.IPAddress | Select-Object -First 16) -join ','
      $gateways = @($adapter.DefaultIPGateway | Select-Object -First 4) -join ','
      "adapter: index=$($adapter.InterfaceIndex) dhcp=$($adapter.DHCPEnabled) addresses=$addresses" +
        " gateways=$gateways name=$($adapter.Description)"
    }
  } catch {
    'adapters: unavailable'
  }
}

function Get-InstanceId {
  (Invoke-RestMethod -UseBasicParsing -TimeoutSec 10 'http://169.254.169.254/openstack/latest/meta_data.json').uuid
}

$capturedAt = (Get-Date).ToUniversalTime().ToString('yyyy-MM-ddTHH:mm:ss', [Globalization.CultureInfo]::InvariantCulture) + 'Z'
Invoke-Diskpart (Get-CaptureScript (Get-RowNumber 'list disk') (Get-RowNumber 'list volume')) $OutFile
[IO.File]::AppendAllText($OutFile, "`r`n" + (Get-PoolLine) + "`r`n", [Text.Encoding]::ASCII)
Add-Line (Get-AdapterLine) $OutFile
foreach ($question in Get-Question) {
  Add-Line $question $OutFile
  cmd.exe /c "$question >> `"$OutFile`" 2>&1 & exit 0"
}
Add-Line 'exit' $OutFile
Write-Output "Captured at $capturedAt into $OutFile"

if ($Collector) {
  if (-not $InstanceId) { $InstanceId = Get-InstanceId }
  [Net.ServicePointManager]::SecurityProtocol = [Net.SecurityProtocolType]::Tls12
  $headers = @{}
  if ($TokenFile) { $headers['Authorization'] = 'Bearer ' + ([IO.File]::ReadAllText($TokenFile)).Trim() }
  $url = "$($Collector.TrimEnd('/'))/v1/guests/$InstanceId/captures/diskpart?captured_at=$capturedAt"
  $answer = Invoke-RestMethod -UseBasicParsing -Method Put -Uri $url -Headers $headers -InFile $OutFile `
    -ContentType 'application/octet-stream' -TimeoutSec 60
  Write-Output "Verdict of the collector: $($answer.verdict)"
}

if ($Register) {
  $run = "powershell.exe -NoProfile -ExecutionPolicy Bypass -File `"$PSCommandPath`" -OutFile `"$OutFile`""
  if ($Collector) { $run += " -Collector $Collector" }
  if ($TokenFile) { $run += " -TokenFile `"$TokenFile`"" }
  if ($InstanceId) { $run += " -InstanceId $InstanceId" }
  $parts = $run -split ' ', 2
  $action = New-ScheduledTaskAction -Execute $parts[0] -Argument $parts[1]
  $trigger = New-ScheduledTaskTrigger -Once -At (Get-Date) -RepetitionInterval (New-TimeSpan -Minutes 30) `
    -RepetitionDuration (New-TimeSpan -Days 3650)
  Register-ScheduledTask -TaskName 'wholeimage-capture' -Action $action -Trigger $trigger -User 'SYSTEM' `
    -RunLevel Highest -Force | Out-Null
  Write-Output 'Registered the task wholeimage-capture: every 30 minutes'
}
