@echo off
rem SPDX-License-Identifier: Apache-2.0
rem capture-diskpart [FILE]: what diskpart says of the SAN policy, disks and volumes, and how the server is prepared for
rem being cloned, for machines without PowerShell.
rem Run as administrator; it changes nothing. Look at the result with: wholeimage-agent check --diskpart FILE
setlocal
set "out=%~1"
if not defined out set "out=%TEMP%\wholeimage-diskpart.txt"
set "script=%TEMP%\wholeimage-diskpart-%RANDOM%.scr"
>"%script%" echo san
>>"%script%" echo list disk
>>"%script%" echo list volume
call :details disk
call :details volume
>>"%script%" echo exit
diskpart /s "%script%" >"%out%" 2>&1
set "status=%ERRORLEVEL%"
del "%script%"
call :ask ipconfig /all
call :ask reg query "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server" /v fDenyTSConnections
call :ask reg query "HKLM\SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services" /v fDenyTSConnections
call :ask reg query HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Setup\State /v ImageState
call :ask reg query HKLM\SYSTEM\Setup\Status\SysprepStatus
for %%s in (viostor vioscsi netkvm cloudbase-init cloudResetPwdAgent cloudResetPwdUpdateAgent) do (
  call :ask sc query %%s
  call :ask reg query HKLM\SYSTEM\CurrentControlSet\Services\%%s /v Start
)
>>"%out%" echo(
>>"%out%" echo wholeimage^> exit
echo Captured into %out%
exit /b %status%

rem For each row of a list, in any language a word, a number and two blanks: select it and show its details.
:details
>"%script%.ask" echo list %1
for /f "tokens=2 delims=* " %%n in ('diskpart /s "%script%.ask" ^| findstr /r /c:"^[* ]*[^* ][^ ]*  *[0-9][0-9]*  "') do (
  >>"%script%" echo select %1 %%n
  >>"%script%" echo detail %1
)
del "%script%.ask"
rem One run of diskpart must be over before the next one begins.
ping -n 16 127.0.0.1 >nul
exit /b

rem Puts what is asked and the answer into the capture; nothing that is asked here changes anything.
:ask
>>"%out%" echo(
>>"%out%" echo wholeimage^> %*
%* >>"%out%" 2>&1
exit /b
