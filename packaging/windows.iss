; Inno Setup recipe: installs dist\isocost for the current user and opens *.isocost with it.
; Build on Windows after PyInstaller:  iscc /DVersion=0.1.0 packaging\windows.iss
#ifndef Version
  #error Give the version: iscc /DVersion=x.y.z
#endif
[Setup]
AppId={{6E2B1B53-4C0E-4F0D-9E0B-2C1E7A6B0C51}
AppName=Isocost
AppVersion={#Version}
AppPublisher=Isocost contributors
DefaultDirName={autopf}\Isocost
PrivilegesRequired=lowest
ChangesAssociations=yes
OutputDir=..\dist
OutputBaseFilename=isocost-{#Version}-setup
SetupIconFile=isocost.ico
UninstallDisplayIcon={app}\isocost.exe

[Files]
Source: "..\dist\isocost\*"; DestDir: "{app}"; Flags: recursesubdirs

[Icons]
Name: "{autoprograms}\Isocost"; Filename: "{app}\isocost.exe"

[Registry]
Root: HKA; Subkey: "Software\Classes\.isocost"; ValueType: string; ValueData: "Isocost.Plan"; Flags: uninsdeletevalue
Root: HKA; Subkey: "Software\Classes\Isocost.Plan"; ValueType: string; ValueData: "Isocost plan"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\Isocost.Plan\DefaultIcon"; ValueType: string; ValueData: "{app}\isocost.exe,0"
Root: HKA; Subkey: "Software\Classes\Isocost.Plan\shell\open\command"; ValueType: string; ValueData: """{app}\isocost.exe"" ""%1"""
