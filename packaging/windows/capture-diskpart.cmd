@echo off
rem SPDX-License-Identifier: Apache-2.0
rem capture-diskpart [FILE]: what diskpart says of the SAN policy, disks and volumes, for machines without PowerShell.
rem Run as administrator; it changes nothing. Look at the result with: wholeimage-agent check --diskpart FILE
setlocal
set "out=%~1"
if not defined out set "out=%TEMP%\wholeimage-diskpart.txt"
set "script=%TEMP%\wholeimage-diskpart-%RANDOM%.scr"
echo san>"%script%"
echo list disk>>"%script%"
echo list volume>>"%script%"
echo exit>>"%script%"
diskpart /s "%script%" >"%out%" 2>&1
set "status=%ERRORLEVEL%"
del "%script%"
echo Captured into %out%
exit /b %status%
